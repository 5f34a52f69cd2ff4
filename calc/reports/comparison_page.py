"""A comparison as pictures, and as one page to read and print: what is said, a picture a number, a table, sources."""

from collections.abc import Mapping, Sequence

from calc.analysis.comparison import (
    Answer,
    called,
    cautions,
    cell_texts,
    common_metrics,
    comparison,
    comparison_headline,
)
from calc.charts.comparison import PLACE_COLOURS, dots_figure, origin_of_answers
from calc.charts.figure import Figure
from calc.reports.citation import citation
from calc.reports.html_page import NAME, figure_html, listed, page, text
from calc.reports.pictures import picture_files
from calc.words import unbroken


def comparison_figures(answers: Sequence[Answer], *, metrics: Sequence[str], against: str | None) -> list[Figure]:
    """A picture of each number that the scenarios have in common; parameters as for `comparison`."""
    table, origin = comparison(answers, metrics=metrics, against=against), origin_of_answers(answers)
    colours = {one.name: colour for one, colour in zip(answers, PLACE_COLOURS, strict=False)}
    return [
        dots_figure(table, metric, colours, against, origin, called=called(metric, against))
        for metric in common_metrics(answers, metrics)
    ]


def comparison_pictures(
    answers: Sequence[Answer], *, metrics: Sequence[str], against: str | None, command: str
) -> Mapping[str, bytes]:
    """The pictures of a comparison and `report.html`, by name.

    Parameters
    ----------
    metrics, against : as for `comparison`
    command : that makes the comparison again

    Raises
    ------
    CalcError
        The extra `pictures` is not installed.
    """
    figures = comparison_figures(answers, metrics=metrics, against=against)
    said = comparison_headline(answers)
    sources = dict.fromkeys(f"{one.source} Terms: {one.licence}" for one in answers)
    body = [
        f"<h1>{text(said)}</h1>",
        "<h2>Scenarios</h2>",
        *(f"<h3>{text(one.name)}</h3>{listed([f'{rule}.' for rule in one.policy] or ['No rule.'])}" for one in answers),
        "<h2>Pictures</h2>",
        *map(figure_html, figures),
        f"<h2>Headline numbers{'' if against is None else f', changes from {text(against)}'}</h2>",
        _table(answers, metrics, against),
        "<h2>What to keep in mind</h2>",
        listed(list(dict.fromkeys((*cautions(answers), *(str(note) for one in answers for note in one.notes))))),
        "<h2>Sources</h2>",
        listed([*sources, f"Cite this tool as: {citation()}"]),
        "<h2>How to repeat it, to the last digit</h2>",
        f"<p>In the folder of this report: <code>{text(command)}</code></p>",
    ]
    return {**picture_files(figures), NAME: page(said, body)}


def _table(answers: Sequence[Answer], metrics: Sequence[str], against: str | None) -> str:
    """A row a number, a column a scenario, each with its range."""
    table = comparison(answers, metrics=metrics, against=against)
    head = "".join(f'<th class="n">{text(one.name)}</th>' for one in answers)
    rows = []
    for metric in common_metrics(answers, metrics):
        cells = []
        for row in table[(table["metric"] == metric).to_numpy()].to_dict("records"):
            value, span = cell_texts(row, against)
            beside = f'<br><span class="small">{text(unbroken(span))}</span>' if span else ""
            cells.append(f'<td class="n">{text(value or "not available")}{beside}</td>')
        rows.append(f"<tr><td>{text(called(metric, against))}</td>{''.join(cells)}</tr>")
    table_html = f"<table><thead><tr><th>Number</th>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="wide" tabindex="0" role="region" aria-label="Headline numbers">{table_html}</div>'
