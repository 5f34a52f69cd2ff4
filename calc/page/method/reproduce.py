"""The result on screen as code: in Python, and on the command line."""

import streamlit as st

from calc.datasets.dataset import Dataset, dataset_names
from calc.files.write import zip_bytes
from calc.page import answers
from calc.page.widgets import download
from calc.reports.reproduce import OWN_FOLDER, SCENARIO_FILE, command_line, python_code, scenario_files
from calc.scenario import Scenario, schedules


def reproduce_section(data: Dataset, scenario: Scenario) -> None:
    """Code that gives the same numbers, and the files that it reads."""
    folder = "" if data.name in dataset_names() else OWN_FOLDER
    st.markdown(
        "The page, Python and the command line call the same function: the code below gives the numbers on "
        "screen, and the report behind the Export button, to the last digit."
    )
    if folder:
        st.markdown(f"This is your own data: first download it as a folder under Data and unpack it as `{folder}`.")
    files = scenario_files(scenario)
    with_schedules = len(files) > 1

    def content() -> bytes:
        return zip_bytes(files) if with_schedules else files[SCENARIO_FILE]

    command = command_line(scenario, folder=folder, known=answers.preset_scenarios())
    needed = SCENARIO_FILE in command or with_schedules
    if with_schedules:
        names = ", ".join(f"`{name}`" for name in schedules(scenario))
        st.markdown(
            f"The scenario reads {names}: download and unpack the zip, and run the code in the folder that holds "
            f"`{SCENARIO_FILE}`."
        )
    elif needed:
        st.markdown(f"The command line reads `{SCENARIO_FILE}` from the folder where it runs: download it first.")
    if needed:
        download(
            "Scenario and its schedules (zip)" if with_schedules else f"Download {SCENARIO_FILE}",
            content,
            "scenario.zip" if with_schedules else SCENARIO_FILE,
            "reproduce_files",
        )
    # Without a language: the colours of Streamlit's highlighting have too little contrast.
    st.markdown("**In Python**")
    st.code(python_code(scenario, folder=folder), language=None, wrap_lines=True)
    st.markdown("**On the command line**")
    st.code(command, language=None, wrap_lines=True)
