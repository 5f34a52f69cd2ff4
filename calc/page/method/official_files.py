"""Official files in the upload: known by looking at them, and the choices that they leave open."""

import re
from collections.abc import Mapping
from hashlib import sha256

import streamlit as st

from calc.datasets.readers.choices import read_choices
from calc.datasets.uploads.official import official_files, with_official
from calc.page.text import plain

MOST_NOTES = 20


def as_dataset(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The files as they are, or those of the dataset that official ones among them hold.

    Raises
    ------
    DataError
        A choice is open, or an official file breaks its layout.
    """
    official = official_files(files)
    if not official:
        return files
    st.markdown(f"Recognised as official: {plain(', '.join(file.name for file in official))}.")
    text = st.text_input(
        "Choices that these files leave open",
        placeholder="year=2023, flow=Import",
        help="Pairs of key=value, as messages suggest after --where; separate several by commas.",
        key="own_where",
    )
    where = read_choices(re.split(r",\s*(?=[^,=]+=)", text.strip())) if text.strip() else {}
    digest = sha256(repr(sorted(where.items())).encode())
    for name, content in files.items():
        digest.update(f"{name}\0{sha256(content).hexdigest()}\n".encode())
    converted, notes = _converted(digest.hexdigest(), files, where)
    with st.expander("What was chosen, left out or added up"):
        for note in notes[:MOST_NOTES]:
            st.markdown(plain(note))
    return converted


@st.cache_resource(scope="session", max_entries=1, show_spinner="Reading official files …")
def _converted(
    key: str, _files: Mapping[str, bytes], _where: Mapping[str, str]
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    return with_official(_files, _where)
