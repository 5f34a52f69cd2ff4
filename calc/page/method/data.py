"""Where the data come from, file by file, and the exact lines behind the result on screen."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from calc.datasets.dataset import Dataset, dataset_names
from calc.datasets.inventory import dataset_files
from calc.files.write import csv_bytes
from calc.page import answers
from calc.page.tables import MOST_ROWS, chosen_lines, column_formats, heading
from calc.page.text import plain
from calc.page.widgets import download
from calc.reports.reproduce import input_lines
from calc.result import Result
from calc.tariffs.law import built_in_record

_RECORD = "tariff-actions"


def data_section(data: Dataset) -> None:
    """The chosen dataset and the tariff record: files, sources, terms, digests, and what was dropped or filled."""
    st.markdown(f"**{plain(data.title)}** ({data.year}, {data.valuation} values)")
    if data.estimated:
        st.badge("Estimated data", color="orange", icon=":material/warning:")
    st.markdown(f"Covered: {plain(data.coverage)}" if data.coverage else "The dataset does not say what it covers.")
    files = _built_in_files(data.name) if data.name in dataset_names() else dataset_files(data)
    _file_table(files, "dataset_files", f"Files of {data.name}", f"{data.name.replace(':', '-')}_files.csv")
    st.markdown("**Notes: what was dropped, filled or assumed**")
    st.markdown("\n".join(f"- {plain(note.text)}" for note in data.notes) or "None.")
    record = built_in_record()
    st.markdown(f"**{plain(record.title)}**")
    st.markdown(
        plain(
            f"As of {record.as_of}. {len(record.measures):,} measures. Source: {record.source}. "
            f"Terms: {record.licence}."
        )
    )
    _file_table(_record_files(), "record_files", "Files of the tariff record", "tariff_record_files.csv")
    st.markdown("\n".join(f"- {plain(note)}" for note in record.notes))


@st.cache_resource
def _built_in_files(name: str) -> pd.DataFrame:
    return dataset_files(answers.dataset(name))


def _record_files() -> pd.DataFrame:
    record = built_in_record()
    return pd.DataFrame(
        {"file": [f"{_RECORD}/{name}" for name in record.sha256], "sha256": list(record.sha256.values())}
    )


def _file_table(files: pd.DataFrame, key: str, words: str, name: str) -> None:
    labels = {column: column.capitalize() for column in files.columns} | {"sha256": "SHA-256"}
    shown = files.rename(columns=labels)
    if "Rows" in shown:
        shown["Rows"] = ["" if pd.isna(count) else f"{count:,}" for count in shown["Rows"]]
    st.dataframe(
        shown,
        hide_index=True,
        column_config={
            "Source": st.column_config.TextColumn(width="large"),
            "SHA-256": st.column_config.TextColumn(width="small"),
        },
        key=key,
        alt=f"{words}: what each holds, rows, source, year, terms, citation and SHA-256 digest",
    )
    download("This table as CSV", partial(csv_bytes, files), name, f"{key}_csv")


def lines_section(result: Result, data: Dataset) -> None:
    """Input lines of the result on screen, searchable; all of them as CSV."""
    st.markdown(
        "The inputs to the result, line by line: base-year trade, the tariff before and after the policy, and "
        "the elasticities used."
    )
    words = st.text_input("Search input lines", key="input_search", placeholder="Words or a code: battery or 8507")
    descriptions = answers.product_words(data.name)
    rows = chosen_lines(result, descriptions, partner="", words=words)

    def file() -> bytes:
        return csv_bytes(input_lines(result))

    download(f"All {len(result.lines):,} input lines as CSV", file, "input_lines.csv", "input_lines_csv")
    if not len(rows):
        st.info("No input line matches this search. Clear it to see all.")
        return
    value = result.lines["import_value_base"].to_numpy()[rows]
    shown = result.lines.iloc[rows[np.argsort(-value, kind="stable")[:MOST_ROWS]]]
    names = result.inputs.names if result.inputs else {}
    columns: dict[str, object] = {
        "Importer": [names.get(code, code) for code in shown["importer"].astype(str)],
        "Exporter": [names.get(code, code) for code in shown["exporter"].astype(str)],
        "Product": shown["product"].astype(str).to_numpy(),
        "Description": [descriptions.get(code, "") for code in shown["product"].astype(str)],
        heading("import_value_base"): shown["import_value_base"].to_numpy() * 1e-6,
        heading("tariff_base"): shown["tariff_base"].to_numpy() * 100,
        heading("tariff_new"): shown["tariff_new"].to_numpy() * 100,
        heading("armington_elasticity"): shown["armington_elasticity"].to_numpy(),
        heading("import_demand_elasticity"): shown["import_demand_elasticity"].to_numpy(),
        heading("export_supply_elasticity"): [_supply(value) for value in shown["export_supply_elasticity"]],
        heading("elasticity_basis"): shown["elasticity_basis"].astype(str).to_numpy(),
    }
    for basis in ("value_basis", "tariff_basis"):
        if basis in shown:
            columns[heading(basis)] = shown[basis].astype(str).to_numpy()
    if len(set(result.lines["importer"].cat.codes)) == 1:
        del columns["Importer"]
    table = pd.DataFrame(columns)
    st.dataframe(
        table,
        hide_index=True,
        column_config=column_formats(table, digits=2),
        height=460,
        key="input_table",
        alt="Input lines with the largest imports: value, base and new tariff, elasticities and their basis",
    )
    own = int(data.flows.domestic.sum())
    more = (
        (f" {own:,} lines of domestic sales are used too; they are not trade and appear only in the flows file.")
        if own
        else ""
    )
    st.markdown(plain(f"{len(shown):,} of {len(rows):,} lines, largest imports first.{more}"))


def _supply(value: float) -> str:
    if np.isnan(value):
        return "not used"
    return "infinite" if np.isinf(value) else f"{value:.4g}"
