"""The picker of presets: by kind, those of the data on screen first, found by a word."""

from pages import choose_preset, open_policy, preset_of

from calc.page import answers
from calc.page.sidebar.preset_picker import KINDS, caption, preset_names


def test_every_preset_is_listed_once_by_kind_those_of_the_dataset_first():
    presets = answers.preset_scenarios()
    listed = [name for kind in KINDS for name in preset_names(kind, "world-2023")]
    assert sorted(listed) == sorted(presets)
    for kind in KINDS:
        here = [presets[name].dataset == "world-2023" for name in preset_names(kind, "world-2023")]
        assert here == sorted(here, reverse=True)


def test_what_a_preset_is_fits_in_a_line():
    lines = [caption(preset, "us-2024") for preset in answers.preset_scenarios().values()]
    assert all(10 < len(line) <= 130 for line in lines)
    assert all(
        ("data: " in line) == (preset.dataset != "us-2024")
        for line, preset in zip(lines, answers.preset_scenarios().values(), strict=True)
    )


def test_a_preset_is_found_or_chosen_and_its_name_stands_on_the_closed_picker():
    page = open_policy()
    search = page.selectbox(key="preset_search")
    assert any("Supreme Court" in words for words in search.options)
    page = search.set_value("law_2026_ieepa_void").run()
    assert preset_of(page) == "law_2026_ieepa_void"
    assert page.radio(key="presets_law").value == "law_2026_ieepa_void"
    assert page.radio(key="presets_idea").value is None
    page = choose_preset(page, "tit_for_tat")
    assert page.session_state["dataset"] == "world-2023"
    page.button(key="undo").click().run()
    assert preset_of(page) == "law_2026_ieepa_void"
    page.session_state["tariff_pct"] = 7.0
    page = page.run()
    assert preset_of(page) == "custom"
