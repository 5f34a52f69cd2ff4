"""Tables of words: shown as they are, and read out with what they are."""

from xml.etree import ElementTree

import pandas as pd

from calc.page.table_html import table_html


def test_a_cell_is_shown_as_it_is_whatever_somebody_called_it():
    name = 'A <b>bold</b> & "quoted" title'
    table = ElementTree.fromstring(table_html(pd.DataFrame({"Scenario": [name], "Price, <%>": ["+1%"]}), 'About "it"'))
    assert [cell.text for cell in table.iter("th")] == ["Scenario", "Price, <%>", name]
    assert [cell.text for cell in table.iter("td")] == ["+1%"]
    assert table.attrib["aria-label"] == 'About "it"'
    assert table.attrib["tabindex"] == "0"  # a box that scrolls is reached by the keyboard
