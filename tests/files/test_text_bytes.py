"""Bytes are searched as a regular expression would, whatever block they stand in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calc.files.text_bytes import CONTROL, count_byte, first_control, is_blank, text_start

FAR = 300_000  # bytes, several blocks


@given(st.binary(max_size=50))
def test_the_first_control_character_is_the_one_a_regular_expression_finds(data):
    found = re.search(CONTROL.encode(), data)
    assert first_control(data) == (found.start() if found else None)


@pytest.mark.parametrize("mark", [b"\x00", b"\x0b", b"\x1f", b"\x7f"])
def test_a_control_character_far_down_is_found_among_tabs_and_line_ends(mark):
    data = b"a\tb\r\n" * (FAR // 5)
    assert first_control(data) is None
    assert first_control(data + mark + data) == len(data)


@given(st.binary(max_size=50))
def test_bytes_are_counted_in_every_block(data):
    assert count_byte(data, b"a") == data.count(b"a")
    assert count_byte(b"ab" * FAR + data, b"b") == FAR + data.count(b"b")


def test_text_begins_behind_the_byte_order_mark():
    assert text_start("\ufeffa".encode()) == 3
    assert text_start(b"a") == 0


@given(st.text(alphabet=" \t\r\n\x0b\x0ca", max_size=8).map(str.encode))
def test_what_follows_is_blank_if_stripping_leaves_nothing_of_it(data):
    assert is_blank(data, 0) == (not data.strip())
    assert is_blank(b"a" + data, 1) == (not data.strip())
