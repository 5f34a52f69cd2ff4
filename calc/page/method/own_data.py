"""Own data: files are uploaded, looked at, checked, and then answer in every view of this session and no other."""

from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import PurePosixPath

import pandas as pd
import streamlit as st

from calc.datasets.about import KINDS, VALUATIONS
from calc.datasets.catalogue import default_dataset, known_economies, serving, the_one_serving
from calc.datasets.layout import ABOUT, TABLES, schema_of
from calc.datasets.profile import Profile, profile_of
from calc.datasets.row_meaning import ALL, open_columns
from calc.datasets.table_rows import Reading
from calc.datasets.uploads.choices import (
    Choices,
    Names,
    clean_files,
    codes_to_clean,
    columns_of,
    proposed_about,
    proposed_headings,
)
from calc.datasets.uploads.files import (
    MAX_UPLOAD,
    OwnData,
    Upload,
    examine_content,
    read_tables,
    settled,
    table_of,
    unpack_upload,
)
from calc.datasets.uploads.templates import template_zip, templates
from calc.errors import CalcError, DataError
from calc.files.table_files import Problem, TableFile, shown
from calc.page import answers
from calc.page.held import state
from calc.page.held.session import DATASET, OWN_DATA
from calc.page.method.official_files import as_dataset
from calc.page.text import plain
from calc.page.widgets import download

MOST_PROBLEMS = 200
MOST_HELD = 3
PREVIEW_ROWS = 20
DROP_TOTALS = "own_drop_totals"
ROW_HEIGHT = 66  # pixels, three lines
MAX_WORDS = 300  # characters of one rule or cell on the screen
KIND_WORDS = {"imports": "Imports of one economy", "world": "Trade between all its economies"}
VALUATION_WORDS = {"customs": "Customs value", "cif": "With freight and insurance (cif)", "fob": "At the port (fob)"}
DECIMALS = {None: "Detect from the files", False: "1,234.5 (decimal point)", True: "1.234,5 (decimal comma)"}
Preview = dict[str, tuple[pd.DataFrame, int]]


def own_data() -> None:
    """Draw the upload, its preview and its checks, and the datasets that are held already."""
    st.subheader("Your own data", anchor=False)
    st.markdown(
        "Flows, and if you have them rates, elasticities and names, as CSV or Parquet, or one zip of a dataset folder. "
        "Official files as downloaded (BACI, UN Comtrade, US Census, USITC, WITS, OECD, WIOD) are read too. "
        "Rates are per cent of the value, values US\\$. **What you upload stays in this session**: nobody else sees "
        "it, no link carries it, and it is gone when you close or reload the page."
    )
    _templates()
    _held()
    files = st.file_uploader(
        f"Files, together up to {MAX_UPLOAD // 2**20} MB",
        type=["csv", "parquet", "zip", "toml", "json", "xlsx"],
        accept_multiple_files=True,
        max_upload_size=MAX_UPLOAD // 2**20,
        key="own_files",
    )
    if not files:
        return
    try:
        names = [file.name for file in files]
        if len(set(names)) < len(names):
            raise DataError("Two of the files have the same name. Leave one of them out.")
        _look_at(as_dataset({file.name: file.getvalue() for file in files}))
    except CalcError as error:
        st.error(plain(_cut(str(error))))


def _templates() -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="own_templates"):
        st.markdown("Templates:", width="content")
        files = _template_files()
        download("All in one zip", partial(template_zip, files), "dataset_template.zip", "own_template_zip")
        for name, content in files.items():
            download(name, content, name, f"own_template_{name}", kind="tertiary")


@st.cache_resource
def _template_files() -> Mapping[str, bytes]:
    return templates(answers.dataset(the_one_serving("template")))


def _held() -> None:
    """The datasets of this session, each to be used, downloaded or taken out."""
    for name, own in answers.own_data().items():
        data = own.dataset
        in_use = DATASET.value_or("") == name
        with st.container(border=True, key=f"own_{name.split(':')[1]}"):
            st.markdown(
                f"**{plain(data.title)}** ({data.year}): {len(data.flows.market):,} flows, "
                f"{len(data.flows.economies):,} economies, {len(data.flows.products):,} products. "
                f"{'In use in every view.' if in_use else ''}"
            )
            with st.container(horizontal=True, gap="small"):
                st.button("Use this data", on_click=_use, args=(own,), disabled=in_use, key=f"use_{name}")
                download(
                    "Download as a folder (zip)",
                    own.archive,
                    f"dataset_{name.split(':')[1]}.zip",
                    f"download_{name}",
                    "To run a saved scenario again, unpack it: tariff-impact run scenario.toml --data FOLDER.",
                )
                st.button("Remove", on_click=_remove, args=(name,), key=f"remove_{name}")


def _use(own: OwnData) -> None:
    """Keep a dataset in this session, and bring every control over to it."""
    before = DATASET.value_or(default_dataset())
    OWN_DATA.hold({**answers.own_data(), own.dataset.name: own})
    DATASET.hold(own.dataset.name)
    state.switch_dataset(before)
    st.toast(f"Every view now uses {plain(own.dataset.title)}.")


def _remove(name: str) -> None:
    """Take a dataset out of this session; what it answered goes back to the built-in data."""
    if DATASET.value_or("") == name:
        DATASET.hold(default_dataset())
        state.switch_dataset(name)
    OWN_DATA.hold({key: own for key, own in answers.own_data().items() if key != name})


def _look_at(files: Mapping[str, bytes]) -> None:
    """What was uploaded: what each file is, what its headings mean, how it looks and what is wrong with it."""
    roles = _roles(files)
    if roles is None:
        return
    digest = sha256()
    for name, content in files.items():
        digest.update(f"{name}\0{roles.get(name, '')}\0{sha256(content).hexdigest()}\n".encode())
    key = digest.hexdigest()
    upload, tables = _unpacked(key, files, roles)
    if upload.ignored:
        st.markdown(f"Ignored (unknown file name): {plain(_some(upload.ignored))}.")
    choices = _choices(upload, tables, next(iter(files)))
    known = _known_names() if _wants_names(tables) else None
    where = _where(tables)
    drop = DROP_TOTALS in st.session_state and bool(st.session_state[DROP_TOTALS])
    reading = Reading(where=where, drop_totals=drop)
    own, problems, preview, profile, totals = _examined(
        f"{key}{choices!r}{known is not None}{reading!r}", upload, tables, choices, known, reading
    )
    if totals or drop:
        st.checkbox(
            "Leave out rows of totals that stand beside their parts",
            key=DROP_TOTALS,
            help="World beside its partners, a group beside its members, an HS heading beside the lines under it: they "
            "count the same trade twice.",
        )
    _show_problems(problems)
    _show_profile(profile)
    _show_preview(preview)
    if own is None:
        return
    held = answers.own_data()
    if own.dataset.name in held:
        st.markdown("These data are in this session, see above.")
    elif len(held) >= MOST_HELD:
        st.warning(f"A session holds {MOST_HELD} datasets of your own. Remove one above, then use this one.")
    else:
        st.button("Use this data", on_click=_use, args=(own,), type="primary", key="own_use")


def _roles(files: Mapping[str, bytes]) -> dict[str, str] | None:
    """Table of each loose file whose name does not say it; None until it is said of all."""
    found: dict[str, str] = {}
    for file in files:
        if PurePosixPath(file).suffix.lower() in (".csv", ".parquet") and not table_of(file):
            role = st.selectbox(
                f"Which table is {plain(shown(file))}?",
                [*TABLES, ""],
                index=None,
                format_func=lambda table: table.replace("_", " ") or "ignore it",
                placeholder="Choose: flows are trade, tariffs are rates",
                key=f"own_role_{file}",
            )
            if role is None:
                return None
            found[file] = role
    return found


@st.cache_resource(scope="session", max_entries=1, show_spinner="Unpacking …")
def _unpacked(
    key: str, _files: Mapping[str, bytes], _roles: Mapping[str, str]
) -> tuple[Upload, dict[str, TableFile | Problem]]:
    upload = unpack_upload(_files, _roles)
    return upload, read_tables(upload)


@st.cache_resource(scope="session", max_entries=1, show_spinner="Checking …")
def _examined(
    key: str,
    _upload: Upload,
    _tables: Mapping[str, TableFile | Problem],
    _choices: Choices,
    _known: Names | None,
    _reading: Reading,
) -> tuple[OwnData | None, tuple[Problem, ...], Preview, Profile | None, bool]:
    files, content = settled(clean_files(_upload.files, _tables, _choices, _known), _reading)
    own, problems = examine_content(files, content)
    cleaned = read_tables(Upload(files=files, ignored=()))
    preview = {
        name: (table.frame.head(PREVIEW_ROWS), len(table.frame))
        for name, table in sorted(cleaned.items(), key=lambda item: item[0] not in TABLES or TABLES.index(item[0]))
        if isinstance(table, TableFile)
    }
    totals = any(total.certain for total in content.tables.totals)
    return own, problems, preview, profile_of(content), totals


def _where(tables: Mapping[str, TableFile | Problem]) -> dict[str, str]:
    """The rows to take, by column, where a column says that rows differ or that they are not what a dataset holds."""
    where: dict[str, str] = {}
    for name, table in tables.items():
        if not isinstance(table, TableFile):
            continue
        for column, labels in open_columns(name, table, schema_of(name)).items():
            chosen = st.selectbox(
                f"Rows of {plain(table.file)} to take by {plain(shown(column))}",
                labels,
                index=None,
                format_func=lambda label: "all, added up" if label == ALL else shown(label),
                placeholder="Choose: its rows differ" if len(labels) > 1 else "Choose to confirm what it says",
                key=f"own_where_{name}_{column}_{'|'.join(labels)[:200]}",
            )
            if chosen is not None:
                where[f"{name}.{column}"] = chosen
    return where


def _wants_names(tables: Mapping[str, TableFile | Problem]) -> bool:
    """Whether codes without names get those of the built-in data, and the map their shapes with them."""
    missing = [name for name in ("countries", "products") if name not in tables]
    return bool(missing) and st.checkbox(
        f"Without {' and '.join(f'{name}.csv' for name in missing)}: take names, and shapes for the map, from the "
        "built-in data where the codes are ISO (USA) and HS (850760)",
        value=True,
        key="own_names",
    )


@st.cache_resource
def _known_names() -> Names:
    products = answers.dataset(the_one_serving("template")).products
    return Names(
        economies=known_economies(),
        products=products[["product", "description"]],
        source=f"the built-in data ({', '.join(serving('names'))})",
    )


def _choices(upload: Upload, tables: Mapping[str, TableFile | Problem], first: str) -> Choices:
    """What the user says of headings, units, decimal signs and, without a dataset.toml, of the data as a whole."""
    rename = {
        name: chosen
        for name, table in tables.items()
        if isinstance(table, TableFile) and (chosen := _headings(name, table))
    }
    money = [theirs for chosen in rename.values() for theirs, ours in chosen.items() if ours.endswith("_usd")]
    said = any("1000" in heading or "thousand" in heading.lower() for heading in money)
    unit, decimals = st.columns(2)
    thousands = unit.segmented_control(
        "Money in the files is in",
        [False, True],
        default=said,
        format_func=lambda thousands: "thousands of US$" if thousands else "US$",
        required=True,
        key=f"own_thousands_{said}",
    )
    decimal_comma = decimals.selectbox(
        "Numbers are written", list(DECIMALS), format_func=DECIMALS.__getitem__, key="own_decimals"
    )
    mangled = codes_to_clean(tables, rename)
    clean_codes = bool(mangled) and st.checkbox(
        f"Clean product codes and restore their leading zeros ({plain(mangled.rstrip('.'))})", key="own_clean_codes"
    )
    about = {} if ABOUT in upload.files else _about(tables, rename.get("flows", {}), PurePosixPath(first).stem)
    return Choices(
        rename=rename, thousands=bool(thousands), decimal_comma=decimal_comma, clean_codes=clean_codes, about=about
    )


def _headings(name: str, table: TableFile) -> dict[str, str]:
    """Their heading -> our column, for the columns that the table lacks."""
    headings = [str(column) for column in table.frame.columns]
    required, _ = columns_of(name)
    proposed = proposed_headings(headings, name)
    wanted = [column for column in required if column not in headings]
    wanted += [column for column in proposed if column not in wanted]
    if not wanted:
        return {}
    st.markdown(f"**{plain(table.file)}** has different headings. Check which heading each column is read from.")
    free = ["", *(heading for heading in headings if heading not in (*required, *columns_of(name)[1]))]
    chosen: dict[str, str] = {}
    places = st.columns(4)
    for number, column in enumerate(wanted):
        heading = places[number % len(places)].selectbox(
            f"{column} is",
            free,
            index=free.index(proposed[column]) if column in proposed else 0,
            format_func=lambda heading: shown(heading) or "not in the file",
            key=f"own_{name}_{column}_{'|'.join(headings)[:200]}",
        )
        if heading in chosen:
            raise DataError(
                f"{table.file}: {shown(heading)} is chosen for two columns. Choose another for one of them."
            )
        if heading:
            chosen[heading] = column
    return chosen


def _about(tables: Mapping[str, TableFile | Problem], rename: Mapping[str, str], title: str) -> dict[str, object]:
    """Words about the data, as a dataset.toml would say them."""
    proposed = proposed_about(tables, rename)
    columns = st.columns([3, 1, 2, 2])
    kind = str(proposed["kind"])
    year = proposed["year"]
    return {
        "title": columns[0].text_input("Title", title, max_chars=100, key=f"own_title_{title}"),
        "year": columns[1].number_input(
            "Year of the flows",
            1900,
            2100,
            value=year if isinstance(year, int) else None,
            placeholder="such as 2024",
            key=f"own_year_{year}",
        ),
        "valuation": columns[2].selectbox(
            "Values are",
            sorted(VALUATIONS, key=list(VALUATION_WORDS).index),
            format_func=VALUATION_WORDS.__getitem__,
            key="own_valuation",
        ),
        "kind": columns[3].selectbox(
            "The flows are", KINDS, index=KINDS.index(kind), format_func=KIND_WORDS.__getitem__, key=f"own_kind_{kind}"
        ),
    }


def _show_problems(problems: Sequence[Problem]) -> None:
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    if errors:
        st.error(f"{_count(errors, 'error')} to fix before these data can be used; nothing has changed so far.")
    elif warnings:
        st.warning(f"Valid, with {_count(warnings, 'warning')}, which will appear in the notes of every result.")
    else:
        st.success("Valid: every check passed.", icon=":material/check:")
    if not problems:
        return
    ordered = sorted(problems, key=lambda problem: problem.severity != "error")[:MOST_PROBLEMS]
    table = pd.DataFrame(
        {
            "Kind": [problem.severity for problem in ordered],
            "File": [_cut(problem.file) for problem in ordered],
            "Line": ["" if problem.line is None else f"{problem.line:,}" for problem in ordered],
            "Column": [_cut(problem.column or "") for problem in ordered],
            "What is wrong": [_cut(_rule(problem)) for problem in ordered],
            "What to do": [_cut(problem.remedy) for problem in ordered],
        }
    )
    words = f"Problems of the upload, errors first: {_count(errors, 'error')}, {_count(warnings, 'warning')}"
    wide = {name: st.column_config.TextColumn(width=340) for name in ("What is wrong", "What to do")}
    st.dataframe(table, hide_index=True, row_height=ROW_HEIGHT, column_config=wide, key="own_problems", alt=words)
    if len(problems) > MOST_PROBLEMS:
        st.markdown(f"The first {MOST_PROBLEMS} of {len(problems):,}.")


def _show_profile(profile: Profile | None) -> None:
    if profile is None:
        return
    facts = profile.facts()
    table = pd.DataFrame({"What was understood": list(facts), "": [_cut(words) for words in facts.values()]})
    words = "What was understood of the upload"
    st.dataframe(table, hide_index=True, height="content", key="own_profile", alt=words)


def _rule(problem: Problem) -> str:
    return f"{problem.rule} ({'; '.join(problem.keys)})" if problem.keys else problem.rule


def _show_preview(preview: Preview) -> None:
    if not preview:
        return
    name = st.segmented_control("Preview", list(preview), default=next(iter(preview)), required=True, key="own_preview")
    frame, count = preview[name] if name in preview else next(iter(preview.values()))
    cut = frame.map(lambda cell: _cut(cell) if isinstance(cell, str) else cell)
    words = f"The first {min(count, PREVIEW_ROWS):,} of {_count(count, 'row')} of {name}"
    st.dataframe(cut, hide_index=True, height="content", key="own_rows", alt=words)
    st.markdown(f":small[{plain(words)}.]")


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _some(names: Sequence[str]) -> str:
    cut = [shown(name) for name in names]
    return ", ".join(cut) if len(cut) <= 8 else f"{', '.join(cut[:8])} and {len(cut) - 8:,} more"


def _cut(text: str) -> str:
    return text if len(text) <= MAX_WORDS else f"{text[:MAX_WORDS]}…"
