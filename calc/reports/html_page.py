"""A result as one page to read and print: numbers, pictures, assumptions and sources in a file that needs nothing else.

No script, no address outside the file: pictures stand inside as SVG, and the browser is told to fetch nothing. Every
text is escaped, because titles and names may come from strangers' tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path

from calc.analysis.households.household_cost import HouseholdCost
from calc.charts.figure import Figure
from calc.charts.publish import svg_of
from calc.glossary import GLOSSARY, asked_first
from calc.models.known import MODELS
from calc.reports.citation import citation
from calc.reports.pictures import Pictures
from calc.result import OF_THE_DATA, Result
from calc.words import headline, quantity_text, range_text, rate

NAME = "report.html"
_CARDS = 6
# What stands on the cards where a model has it, before what people ask for first: all of one scope, the headline's.
_INCOMES = ("acting_real_income_change", "acting_consumer_price_change")
_GOODS_HIT = ("affected_composite_price_change", "affected_volume_change", "affected_import_value_change")
_ALL_IMPORTS = ("import_price_change", "import_volume_change", "import_value_change")
_MONEY = ("tariff_revenue_change", "consumer_surplus_change", "net_welfare_change")


def result_page(result: Result, pictures: Pictures, *, command: str, households: HouseholdCost | None = None) -> bytes:
    """`report.html` of a result.

    Parameters
    ----------
    result : of `run`
    pictures : of `pictures_of` on it
    command : that makes the report again
    households : what it costs US households, where that was computed

    Raises
    ------
    CalcError
        The extra `pictures` is not installed.
    """
    inputs = result.inputs
    said = headline(result)
    payers, others = _split(pictures.figures)
    rules = inputs.policy if inputs else ()
    caveats = [str(note) for note in result.notes if note.kind not in OF_THE_DATA]
    about_data = [str(note) for note in result.notes if note.kind in OF_THE_DATA]
    whose = [f"Imports are those of {pictures.whose}."] if pictures.whose else []
    body = [
        f"<h1>{text(said)}</h1>",
        _badges(result),
        _cards(result),
        *([f"<p>{text(str(households))} {text(households.basis)}</p>"] if households else []),
        *(["<h2>Who pays</h2>", *map(figure_html, payers)] if payers else []),
        "<h2>Pictures</h2>",
        *(f'<p class="small">{text(sentence)}</p>' for sentence in whose),
        *map(figure_html, others),
        "<h2>Headline numbers</h2>",
        _numbers(result),
        "<h2>Policy and assumptions</h2>",
        listed([f"{sentence}." for sentence in rules] or ["No rule: the rates in the data apply."], ordered=True),
        _pairs(_assumptions(result)),
        "<h2>What to keep in mind</h2>",
        listed(caveats),
        "<h2>Sources</h2>",
        listed(_sources(result, about_data)),
        "<h2>How to repeat it, to the last digit</h2>",
        f"<p>In the folder of this report: <code>{text(command)}</code></p>",
    ]
    return page(said, body)


def page(title: str, body: Iterable[str]) -> bytes:
    """A whole page from finished parts."""
    made = citation()
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{text(title)}</title>",
        f"<style>{_style()}</style>\n</head>\n<body>",
        *body,
        f'<p class="small">{text(made.title)} {text(made.version)}.</p>',
        "</body>\n</html>\n",
    ]
    return "\n".join(parts).encode()


@cache
def _style() -> str:
    return Path(__file__).with_name("report.css").read_text(encoding="utf-8")


def _split(figures: Sequence[Figure]) -> tuple[list[Figure], list[Figure]]:
    payers = [figure for figure in figures if figure.name == "who_pays"]
    return payers, [figure for figure in figures if figure.name != "who_pays"]


def _badges(result: Result) -> str:
    inputs = result.inputs
    base, new = ("effective_tariff_base", "statutory_tariff_new")
    if result.goods_hit_alone:
        base, new = ("affected_tariff_base", "affected_tariff_new")
    tariff = f"{GLOSSARY[new].short} {rate(result.value(base))} → {rate(result.value(new))}"
    badges = [tariff, MODELS[result.model].label if result.model in MODELS else ""]
    if inputs is not None:
        badges += [f"{inputs.dataset_title}, {inputs.year}", "ESTIMATED DATA" if inputs.estimated else ""]
    badges.append(f"Elasticities: {result.parameters['elasticities']}" if "elasticities" in result.parameters else "")
    return f'<ul class="badges">{"".join(f"<li>{text(words)}</li>" for words in badges if words)}</ul>'


def _cards(result: Result) -> str:
    rows = result.summary.set_index("metric")
    scope = _GOODS_HIT if result.goods_hit_alone else _ALL_IMPORTS
    known = [metric for metric in (*_INCOMES, *scope, *_MONEY) if metric in rows.index][:_CARDS]
    cards = []
    for metric in known:
        quantity = GLOSSARY[metric]
        value, low, high = (float(rows[name].loc[metric]) for name in ("value", "low", "high"))
        span = range_text(low, high, quantity, fine=True)
        cards.append(
            f"<div><dt>{text(quantity.label)}</dt>"
            f'<dd class="number">{text(quantity_text(value, quantity, fine=True))}</dd>'
            f'<dd class="range">{text(span) if span else "&nbsp;"}</dd></div>'
        )
    return f'<dl class="cards">{"".join(cards)}</dl>'


def _numbers(result: Result) -> str:
    rows = result.summary.set_index("metric")
    lines = []
    for metric in asked_first(list(rows.index)):
        quantity = GLOSSARY[metric]
        value, low, high = (float(rows[name].loc[metric]) for name in ("value", "low", "high"))
        lines.append(
            f"<tr><td>{text(quantity.label)}</td>"
            f'<td class="n">{text(quantity_text(value, quantity, fine=True))}</td>'
            f'<td class="n">{text(range_text(low, high, quantity, fine=True))}</td></tr>'
        )
    head = '<tr><th>Number</th><th class="n">Result</th><th class="n">90% of the draws</th></tr>'
    return f"<table><thead>{head}</thead><tbody>{''.join(lines)}</tbody></table>"


def _assumptions(result: Result) -> Mapping[str, str]:
    """What was assumed, by its name, as far as it is a single value."""
    inputs = result.inputs
    compared = {"Compared with": inputs.compared_with} if inputs and inputs.compared_with else {}
    known = {
        str(name).replace("_pct", ", %").replace("_", " ").capitalize(): f"{value:g}"
        if isinstance(value, float)
        else str(value)
        for name, value in result.parameters.items()
        if isinstance(value, str | int | float)
    }
    return {**compared, "Model": MODELS[result.model].label if result.model in MODELS else result.model, **known}


def _sources(result: Result, about: Sequence[str]) -> list[str]:
    inputs = result.inputs
    if inputs is None:
        return [str(citation())]
    return [
        f"Data: {inputs.dataset_title} ({inputs.year}). {inputs.source}",
        f"Terms: {inputs.licence}",
        f"Cite the data as: {inputs.citation}",
        f"Cite this tool as: {citation()}",
        *about,
    ]


def figure_html(figure: Figure) -> str:
    """A picture inside a page."""
    return f"<figure>{svg_of(figure).strip()}</figure>"


def listed(items: Sequence[str], *, ordered: bool = False) -> str:
    """Sentences as a list."""
    tag = "ol" if ordered else "ul"
    return f"<{tag}>{''.join(f'<li>{text(item)}</li>' for item in items)}</{tag}>" if items else "<p>Nothing.</p>"


def _pairs(pairs: Mapping[str, str]) -> str:
    rows = "".join(f"<tr><td>{text(name)}</td><td>{text(value)}</td></tr>" for name, value in pairs.items())
    return f"<table><tbody>{rows}</tbody></table>"


def text(words: str) -> str:
    """Words as text, without letters that no page may hold."""
    return escape("".join(c for c in words if c >= " " or c in "\n\t"))
