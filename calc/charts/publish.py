"""A figure as SVG or PNG: title, unit and scenario above the chart of the page, ranges and source below it.

The specification is the one on screen; only the ink and the width are set, because there is no page around it. Drawn
by vl-convert (extra `pictures`) without network, with the fonts that it brings: equal figures are equal bytes.
"""

import json
import re
from html import escape
from types import ModuleType

from calc.charts.basic import INK, Spec
from calc.charts.figure import Figure
from calc.errors import CalcError
from calc.reports.citation import citation
from calc.words import BEFORE_UNIT

MISSING = 'Pictures need the extra "pictures": pip install "tariff-impact[pictures]".'
WIDTH = 640  # pixels of a picture before it is scaled: text of 12 pixels still reads in a column of 600
CARD = (1200, 675)  # pixels, as social media and slides show a card
SCALE = 2.0  # of a picture that is no card, so that it prints well
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
_MARGIN = 20
_TEXT, _FAINT, _WHITE = "#1B2430", "#4A5563", "#FFFFFF"
_TITLE, _SUBTITLE, _FOOT = 17, 12, 10.5  # pixels
_LEADING = 1.32
_LONGEST_TEXT = 200  # letters of a name in a chart, which cuts it anyway
_AUTOSIZE = {"type": "fit", "contains": "padding"}
_SIZE = re.compile(r'<svg[^>]*? width="([\d.]+)" height="([\d.]+)"')
_IDS = re.compile(r' id="([^"]+)"')
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW, _BROAD = frozenset(" \u00a0.,:;'|!()[]ijlftr-/"), frozenset("mwMWQO@%—…")


def drawing_library() -> ModuleType:
    """The library that draws pictures.

    Raises
    ------
    CalcError
        The extra `pictures` is not installed.
    """
    try:
        import vl_convert
    except ImportError as error:
        raise CalcError(MISSING) from error
    library: ModuleType = vl_convert
    return library


def svg_of(figure: Figure, *, card: bool = False) -> str:
    """A figure as SVG, without a reference to anything outside it.

    Parameters
    ----------
    card : in the shape of a card, 1200 x 675; otherwise as high as its chart

    Raises
    ------
    CalcError
        The extra `pictures` is not installed.
    """
    width = float(WIDTH)
    spec = figure.card if card and figure.card else figure.spec
    chart, high = _chart(spec, width)
    if card:
        for _ in range(3):  # a wider picture has fewer lines of text
            needed = high + _around(figure, width)
            width = max(float(WIDTH), needed * CARD[0] / CARD[1])
        room = width * CARD[1] / CARD[0] - _around(figure, width)
        chart, high = _chart(spec, width, room)
        return _clean(_composed(figure, chart, high, width, frame=CARD), figure.name)
    return _clean(_composed(figure, chart, high, width), figure.name)


def png_of(figure: Figure, *, card: bool = False) -> bytes:
    """A figure as PNG; parameters and errors as for `svg_of`."""
    library = drawing_library()
    picture: bytes = library.svg_to_png(svg_of(figure, card=card), scale=1.0 if card else SCALE)
    return picture


def _chart(spec: Spec, width: float, height: float = 0.0) -> tuple[str, float]:
    """The chart alone as SVG, `width` less the margins wide, and its height; drawn higher where there is more room."""
    inner = width - 2 * _MARGIN
    config = {**spec.get("config", {}), "font": FONT}
    sized: Spec = {**spec, "config": config, "background": _WHITE, "datasets": _printable(spec["datasets"])}
    if "layer" in spec or "mark" in spec:
        sized = {**sized, "width": inner, "autosize": {**_AUTOSIZE, **spec.get("autosize", {})}}
        own = spec.get("height")
        if "autosize" not in spec and isinstance(own, int | float) and height > own:
            sized["height"] = height
    text = json.dumps(sized).replace(INK, _TEXT)
    drawn: str = drawing_library().vegalite_to_svg(text, allowed_base_urls=[])
    size = _SIZE.search(drawn)
    if size is None:
        raise CalcError("The chart has no size. Please report its scenario.")
    wide, high = float(size[1]), float(size[2])
    scale = min(1.0, inner / wide)
    fitted = f'<svg x="{_MARGIN}" y="{{top}}" width="{wide * scale:g}" height="{high * scale:g}" '
    return drawn.replace("<svg ", fitted, 1).replace(f' width="{size[1]}" height="{size[2]}"', "", 1), high * scale


def _printable(value: object) -> object:
    """Data without NaN, and without letters that XML forbids: on those the library would end the whole process."""
    if isinstance(value, str):
        return _NOT_XML.sub("", value[:_LONGEST_TEXT])
    if isinstance(value, dict):
        # shapes are ours, and many
        return value if value.get("type") == "Topology" else {key: _printable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(part) for part in value]
    return None if isinstance(value, float) and value != value else value


def _around(figure: Figure, width: float) -> float:
    """Height of everything but the chart."""
    heads, subs, foot = _words(figure, width)
    return 2.5 * _MARGIN + (_TITLE * len(heads) + _SUBTITLE * len(subs) + _FOOT * len(foot)) * _LEADING + 8


def _words(figure: Figure, width: float) -> tuple[list[str], list[str], list[str]]:
    """Lines of the title, of what stands below it, and of the foot."""
    inner = width - 2 * _MARGIN
    return (
        balanced(figure.finding, _TITLE * 1.07, inner),  # bold
        balanced(figure.subtitle, _SUBTITLE, inner),
        wrapped(foot_of(figure), _FOOT, inner),
    )


def foot_of(figure: Figure) -> str:
    """Ranges, remarks, source of the data and name of the tool."""
    made = citation()
    source = figure.origin.source.rstrip(".…").rstrip()
    sentences = [figure.origin.ranges, figure.note, f"Source: {source}." if source else ""]
    return " ".join(filter(None, [*sentences, f"Calculation: {made.title} {made.version}."]))


def balanced(text: str, size: float, width: float) -> list[str]:
    """Text in as few lines as fit, of about one length, where `wrapped` may leave the last one a single word."""
    lines = wrapped(text, size, width)
    if len(lines) < 2:
        return lines
    for share in range(95, 50, -5):
        narrower = wrapped(text, size, width * share / 100)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return lines


def wrapped(text: str, size: float, width: float) -> list[str]:
    """Text broken into lines that fit; widths of letters are those of Arial, roughly and not too small."""
    lines, line, used = [], "", 0.0
    for word in BEFORE_UNIT.sub("\u00a0", " ".join(text.split())).split(" "):
        long = sum(0.34 if c in _NARROW else 0.9 if c in _BROAD else 0.7 if c.isupper() else 0.56 for c in word) * size
        if line and used + 0.3 * size + long > width:
            lines.append(line)
            line, used = word, long
        else:
            line, used = f"{line} {word}".strip(), used + (0.3 * size if line else 0.0) + long
    return [line.replace("\u00a0", " ") for line in ([*lines, line] if line else lines)]


def _composed(figure: Figure, chart: str, high: float, width: float, *, frame: tuple[int, int] | None = None) -> str:
    heads, subs, foot = _words(figure, width)
    height = width * frame[1] / frame[0] if frame else high + _around(figure, width)
    shown = frame or (width, height)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'width="{shown[0]:g}" height="{shown[1]:g}" viewBox="0 0 {width:.2f} {height:.2f}" font-family="{FONT}">',
        f"<title>{_escaped(figure.finding)}</title>",
        f'<rect width="100%" height="100%" fill="{_WHITE}"/>',
    ]
    y = float(_MARGIN)
    for lines, size, style in (
        (heads, _TITLE, f'fill="{_TEXT}" font-weight="bold"'),
        (subs, _SUBTITLE, f'fill="{_FAINT}"'),
    ):
        for line in lines:
            parts.append(
                f'<text x="{_MARGIN}" y="{y + 0.8 * size:.2f}" font-size="{size}" {style}>{_escaped(line)}</text>'
            )
            y += size * _LEADING
    parts.append(chart.replace("{top}", f"{y + _MARGIN / 2:.2f}", 1))
    y = height - _MARGIN - (len(foot) - 1) * _FOOT * _LEADING
    for line in foot:
        parts.append(_text(line, y, _FOOT, f'fill="{_FAINT}"'))
        y += _FOOT * _LEADING
    return "".join([*parts, "</svg>\n"])


def _text(line: str, y: float, size: float, style: str) -> str:
    return f'<text x="{_MARGIN}" y="{y:.2f}" font-size="{size}" {style}>{_escaped(line)}</text>'


def _escaped(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _clean(svg: str, name: str) -> str:
    """Names of parts that are the same each time and differ between figures on one page."""
    for number, known in enumerate(dict.fromkeys(_IDS.findall(svg))):
        for before, after in (('id="', '"'), ("url(#", ")"), ('href="#', '"')):
            svg = svg.replace(f"{before}{known}{after}", f"{before}{name}-{number}{after}")
    return svg
