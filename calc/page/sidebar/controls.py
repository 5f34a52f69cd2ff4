"""The sidebar: the boxes that a view uses, then the link, the files and the way back."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from calc.datasets.catalogue import default_dataset
from calc.datasets.dataset import Dataset, data_dir
from calc.errors import CalcError
from calc.page.held import rule_list, state
from calc.page.held.decided import decide
from calc.page.held.known_controls import controls_of
from calc.page.held.link import address
from calc.page.held.session import Key
from calc.page.sidebar import undo
from calc.page.sidebar.assumption_controls import assumption_controls
from calc.page.sidebar.policy_controls import dataset_box, policy_controls
from calc.page.text import plain
from calc.page.view import PARTS, Part
from calc.page.widgets import download
from calc.scenario import Scenario
from calc.scenario_file import MAX_BYTES, scenario_from_toml, scenario_to_toml

UPLOAD: Key[UploadedFile | None] = Key("upload")
LOAD_ERROR: Key[str] = Key("load_error")


def controls(parts: Sequence[Part] = PARTS) -> None:
    """Draw the parts of the sidebar that a view uses, and bring the address up to date."""
    data, scenario = state.current()
    with st.sidebar:
        for part in parts:
            with st.container(border=True):
                _PARTS[part](data)
        state.write_address(data)
        _foot(data, scenario, undo_here="policy" not in parts)


def _foot(data: Dataset, scenario: Scenario | CalcError, *, undo_here: bool) -> None:
    with st.expander("Copy link"):
        st.code(
            address(st.context.url or "http://localhost:8501/", state.parameters(data, whole=True)),
            language=None,
            wrap_lines=True,
        )
        st.markdown("The link holds every control, never your own data.")
    with st.expander("Load or save the scenario"):
        if isinstance(scenario, Scenario):
            download("Save as TOML", scenario_to_toml(scenario).encode(), "scenario.toml", "save", width="stretch")
        st.file_uploader(
            "Load a scenario file (TOML, up to 1 MB)", type="toml", max_upload_size=1, key=UPLOAD.name, on_change=_load
        )
    if error := LOAD_ERROR.take():
        st.error(plain(error))
    if undo_here:
        undo.undo_button(width="stretch")
    st.button("Reset everything", on_click=_reset, width="stretch", key="reset")


def _load() -> None:
    """Set the controls to an uploaded scenario, or keep one sentence on why that fails."""
    file = UPLOAD.value()
    if file is None:
        return
    try:
        if file.size > MAX_BYTES:
            raise CalcError(f"{file.name} is larger than {MAX_BYTES:,} bytes, too large for a scenario.")
        text = file.getvalue().decode("utf-8-sig")
        state.hold_scenario(scenario_from_toml(text, folder=data_dir() / "scenarios", name=file.name))
    except UnicodeDecodeError:
        LOAD_ERROR.hold(f"{file.name} is not UTF-8 text. Save it as UTF-8.")
    except CalcError as error:
        LOAD_ERROR.hold(str(error))


def _reset() -> None:
    rule_list.drop_unfinished()
    for key, control in controls_of(default_dataset()).items():
        decide(key, control.default)
    st.toast("Everything is reset. Undo brings it back.")


def _dataset(data: Dataset) -> None:
    st.markdown("**Data**")
    dataset_box(data)


_PARTS: Mapping[Part, Callable[[Dataset], None]] = {
    "policy": policy_controls,
    "dataset": _dataset,
    "assumptions": assumption_controls,
}
