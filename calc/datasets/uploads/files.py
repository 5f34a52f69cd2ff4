"""From what somebody uploads to a dataset: what is taken of it, within which bounds, and what is wrong with it.

Uploads come from anybody. A name decides only which table a file is, never where anything is written; sizes are
counted while bytes come out; nothing is unpickled, evaluated or run.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePosixPath
from types import MappingProxyType

import numpy as np

from calc.datasets.dataset import OWN, Content, Dataset, build, content_of
from calc.datasets.layout import ABOUT, is_table, tables_among
from calc.datasets.table_rows import Reading
from calc.datasets.uploads.choices import with_notes
from calc.datasets.without_totals import settled_files
from calc.errors import DataError
from calc.files.archives import unpack_zip
from calc.files.table_files import ENDINGS, Limits, Problem, TableFile, parse_table, shown
from calc.files.write import zip_bytes
from calc.result import Note

MAX_UPLOAD = 64 * 2**20
MAX_UNPACKED = 300 * 2**20
LIMITS = Limits(rows=1_000_000, unpacked=MAX_UNPACKED)
MAX_FILES = 20
MAX_ECONOMIES, MAX_PRODUCTS, MAX_CELLS = 500, 50_000, 2**24
MAX_VALUE, MAX_RATE, MAX_ELASTICITY = 1e15, 100_000, 1_000  # US$ (all output of the world: 1e14), per cent
MAX_CODE, MAX_TEXT, MAX_SETS, MAX_ABOUT = 60, 2_000, 20, 20_000
AGAIN = (
    "These data were uploaded on the page and kept in that session only. To run the scenario again, unpack the zip of "
    "the dataset that the page offers beside the upload, and name its folder: tariff-impact run scenario.toml --data "
    "FOLDER."
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Upload:
    """What was uploaded, as the files of a dataset.

    Parameters
    ----------
    files : by name, such as flows.csv
    ignored : names of what was left out
    """

    files: Mapping[str, bytes]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OwnData:
    """A dataset of a visitor's own.

    Parameters
    ----------
    dataset : its name begins with `own:`
    archive : its files as a zip, to run a scenario on it elsewhere
    """

    dataset: Dataset
    archive: bytes


def table_of(file: str) -> str:
    """The table that a file is by its name, such as "flows" for Flows.CSV; empty if the name does not say."""
    path = PurePosixPath(file.replace("\\", "/"))
    name = path.stem.lower()
    return name if path.suffix.lower() in ENDINGS and is_table(name) else ""


def unpack_upload(files: Mapping[str, bytes], tables: Mapping[str, str] = MappingProxyType({})) -> Upload:
    """The files of a dataset among what was uploaded: loose tables, a dataset.toml, zips of these.

    Parameters
    ----------
    files : by the name under which each was uploaded
    tables : table of a loose file whose name does not say it; empty to leave it out

    Raises
    ------
    DataError
        Something is too large, damaged, or not to be unpacked; or two files are the same table.
    """
    if len(files) > MAX_FILES:
        raise DataError(
            f"{len(files)} files are more than the {MAX_FILES} that are read at once. Zip them, or leave some out."
        )
    size = sum(map(len, files.values()))
    if size > MAX_UPLOAD:
        raise DataError(
            f"{size:,} bytes are more than the {MAX_UPLOAD:,} that can be uploaded. Save tables as Parquet."
        )
    found: dict[str, bytes] = {}
    ignored: list[str] = []
    for file, data in files.items():
        path = PurePosixPath(file.replace("\\", "/"))
        if path.suffix.lower() == ".zip":
            most = MAX_UNPACKED - sum(map(len, found.values()))
            members, left_out = unpack_zip(shown(path.name), data, lambda name: bool(_dataset_name(name, "")), most)
            ignored += left_out
        else:
            members = {path.name: data}
        for name, content in members.items():
            target = _dataset_name(name, "" if path.suffix.lower() == ".zip" else tables.get(file, ""))
            if not target:
                ignored.append(name)
                continue
            if clash := [other for other in found if PurePosixPath(other).stem == PurePosixPath(target).stem]:
                raise DataError(f"{shown(name)} and {clash[0]} are the same table. Leave one of them out.")
            found[target] = content
    return Upload(files=found, ignored=tuple(ignored))


def _dataset_name(file: str, table: str) -> str:
    """Name of a file in a dataset's folder, from its own last part only; empty if it has no place there."""
    path = PurePosixPath(file)
    if path.name.lower() == ABOUT:
        return ABOUT
    stem = table_of(file) or (table if path.suffix.lower() in ENDINGS else "")
    if not stem or not re.fullmatch(r"[a-z0-9_.\-]{1,60}", stem):
        return ""
    return f"{stem}{path.suffix.lower()}"


def read_tables(upload: Upload) -> dict[str, TableFile | Problem]:
    """Every table of an upload as it stands in its file, by the table's name."""
    names, _ = tables_among(upload.files)
    return {name: parse_table(file, upload.files[file], LIMITS) for name, file in names.items()}


def own_name(files: Mapping[str, bytes]) -> str:
    """Name of a dataset by the content of its files: `own:` and twelve hex digits."""
    digest = sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{sha256(files[name]).hexdigest()}\n".encode())
    return f"{OWN}{digest.hexdigest()[:12]}"


def examine_upload(files: Mapping[str, bytes]) -> tuple[OwnData | None, tuple[Problem, ...]]:
    """The dataset of uploaded files, and every problem and warning; None where there is an error."""
    return examine_content(files, content_of(files, LIMITS))


def examine_content(files: Mapping[str, bytes], content: Content) -> tuple[OwnData | None, tuple[Problem, ...]]:
    """As `examine_upload`, of files that are read already."""
    problems = content.problems
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    dataset = build(own_name(files), content)
    problems += _beyond_the_page(dataset, len(files[ABOUT]))
    if any(problem.severity == "error" for problem in problems):
        return None, problems
    own = replace(dataset, notes=(*dataset.notes, Note("data", AGAIN)))
    return OwnData(dataset=own, archive=zip_bytes(files)), problems


def settled(files: Mapping[str, bytes], reading: Reading) -> tuple[dict[str, bytes], Content]:
    """Files of a dataset after the choices of its owner, and their content.

    Where rows were chosen, left out or added up the files hold what is left, and dataset.toml says so in its notes.
    """
    content = content_of(files, LIMITS, reading)
    broken = any(problem.severity == "error" for problem in content.problems)
    if broken or not content.tables.changed:
        return dict(files), content
    said = [problem.text for problem in content.tables.readings]
    left = {**files, **settled_files(content), ABOUT: with_notes(files[ABOUT], said)}
    return left, content_of(left, LIMITS)


def _beyond_the_page(dataset: Dataset, about: int) -> tuple[Problem, ...]:
    """What a page that others use too cannot hold, although its form is right.

    Parameters
    ----------
    about : bytes of the dataset.toml
    """
    flows, sets = dataset.flows, dataset.elasticities.values()
    economies, products = len(flows.economies), len(flows.products)
    codes = flows.economies.append(flows.products)
    elasticities = np.concatenate(
        [np.concatenate([s.import_demand_elasticity, s.armington_elasticity, s.export_supply_elasticity]) for s in sets]
    )
    names = [
        len(str(text))
        for table in (dataset.products, dataset.countries)
        for column in table
        for text in (column, *table[column].unique())
    ]
    measured = (
        ("flows", "economies", economies, MAX_ECONOMIES),
        ("flows", "products", products, MAX_PRODUCTS),
        (
            "flows",
            "importers x exporters x products",
            economies**2 * products * (flows.accounts is not None),
            MAX_CELLS,
        ),
        ("flows", "characters in a code", int(codes.str.len().max()), MAX_CODE),
        ("flows", "US$ in one flow", float(flows.import_value.max()), MAX_VALUE),
        ("tariffs", "per cent in a tariff", float(flows.tariff_rate.max()) * 100, MAX_RATE),
        ("elasticities", "in an elasticity", float(abs(elasticities[np.isfinite(elasticities)]).max()), MAX_ELASTICITY),
        ("elasticities", "sets of elasticities", len(dataset.elasticities), MAX_SETS),
        ("products", "characters in a name", max(names), MAX_TEXT),
        (ABOUT, "bytes", about, MAX_ABOUT),
    )
    problems = [
        Problem(
            file=file,
            rule=f"{number:,.8g} {what} are more than the {most:,.8g} that the page holds",
            remedy="correct it, or use the command line, which has no such limit",
        )
        for file, what, number, most in measured
        if number > most
    ]
    if codes.str.contains(r"^all$|:", case=False).any():
        rule = "a code is 'all' or holds ':', which stand for many codes in rules"
        problems.append(Problem(file="flows", rule=rule, remedy="write the code in another way"))
    return tuple(problems)
