"""Small uploads for tests: folders, zips and tables, sound and changed."""

import io
import pickle
import stat
import warnings
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from conftest import SMALL_DATASET

from calc.datasets.uploads.choices import Choices, clean_files
from calc.datasets.uploads.files import LIMITS, examine_upload, read_tables, unpack_upload
from calc.errors import DataError

SMALL = {name: text.encode() for name, text in SMALL_DATASET.items()}
HEADER = "importer,exporter,product,value_usd\n"
ROW = "USA,CHN,850511,200\n"


def changed(**files):
    """The small sound dataset with some files replaced or left out; `_` stands for the dot."""
    named = {name.replace("__", "-").replace("_csv", ".csv").replace("_toml", ".toml"): c for name, c in files.items()}
    named = {name.replace("_parquet", ".parquet"): content for name, content in named.items()}
    content = {name: c.encode() if isinstance(c, str) else c for name, c in named.items()}
    return {name: data for name, data in {**SMALL, **content}.items() if data is not None}


def flows(text):
    return changed(flows_csv=text)


def parquet(table):
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return changed(flows_csv=None, flows_parquet=sink.getvalue())


def zipped(*members, folder="", method=zipfile.ZIP_DEFLATED):
    """A zip of (name, content) or (name, content, mode), names as given."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # a name that stands there twice
        for name, content, *mode in members:
            member = zipfile.ZipInfo(folder + name)
            member.compress_type = method
            member.external_attr = (mode[0] if mode else 0) << 16
            archive.writestr(member, content)
    return buffer.getvalue()


def with_bytes(data, mark, offset, value):
    """An archive with bytes behind every `mark` overwritten."""
    patched, start = bytearray(data), 0
    while (found := patched.find(mark, start)) >= 0:
        patched[found + offset : found + offset + len(value)] = value
        start = found + 4
    return bytes(patched)


def small_zip(**kwargs):
    return zipped(*SMALL.items(), **kwargs)


def fate(uploaded, choices=None, known=None):
    """What comes of an upload: the dataset or None, and the first sentence against it."""
    try:
        upload = unpack_upload(uploaded)
        tables = read_tables(upload)
        own, problems = examine_upload(clean_files(upload.files, tables, choices or Choices(), known))
    except DataError as error:
        return None, str(error)
    errors = [problem.text for problem in problems if problem.severity == "error"]
    return own, errors[0] if errors else ""


ENDLESS = pa.DictionaryArray.from_arrays(np.zeros(5_000, dtype=np.int32), ["x" * 100_000])
KEYS = {"importer": ["USA"], "exporter": ["CHN"], "product": ["850511"]}
CENTRAL, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"

HOSTILE = {
    # archives
    "bomb": ({"x.zip": zipped(("flows.csv", bytes(50 * 2**20)))}, "unpacks to far more than a table of trade would"),
    "nested zip": ({"x.zip": zipped(("more.zip", small_zip()))}, "is another archive or a workbook"),
    "workbook in the zip": ({"x.zip": zipped(("flows.xlsx", b"PK"))}, "is another archive or a workbook"),
    "absolute path": ({"x.zip": zipped(("/etc/flows.csv", b"x"))}, "has an absolute path"),
    "drive letter": ({"x.zip": zipped(("C:/flows.csv", b"x"))}, "has an absolute path"),
    "dot-dot": ({"x.zip": zipped(("a/../../flows.csv", b"x"))}, "leads out of the archive"),
    "backslash": ({"x.zip": zipped(("..\\flows.csv", b"x"))}, "has a backslash in its name"),
    "control character in a name": ({"x.zip": zipped(("flo\tws.csv", b"x"))}, "has a name with control characters"),
    "symlink": ({"x.zip": zipped(("flows.csv", b"/etc/passwd", stat.S_IFLNK | 0o777))}, "is a link or a device"),
    "device": ({"x.zip": zipped(("flows.csv", b"", stat.S_IFCHR | 0o666))}, "is a link or a device"),
    "encrypted": ({"x.zip": with_bytes(small_zip(), CENTRAL, 8, b"\x01\x00")}, "is encrypted"),
    "duplicate member": ({"x.zip": zipped(("flows.csv", b"x"), ("Flows.csv", b"y"))}, "appears twice"),
    "odd method": ({"x.zip": small_zip(method=zipfile.ZIP_BZIP2)}, "is packed by a method that is not read"),
    "truncated zip": ({"x.zip": small_zip()[:-30]}, "is not a zip archive, or it is cut off"),
    "damaged zip": ({"x.zip": with_bytes(small_zip(), LOCAL, 40, b"\xff" * 20)}, "is damaged or cut off"),
    "lying size": ({"x.zip": with_bytes(small_zip(), CENTRAL, 24, b"\x05\x00\x00\x00")}, "is damaged or cut off"),
    "not a zip": ({"x.zip": b"hello"}, "is not a zip archive"),
    "empty zip": ({"x.zip": zipped()}, "dataset.toml: the file is missing"),
    "too many members": ({"x.zip": zipped(*((f"{k}.csv", b"x") for k in range(101)))}, "more than the 100 members"),
    "zip for huge archives": (
        {"x.zip": small_zip().replace(END, b"PK\x06\x07" + bytes(16) + END)},
        "written for huge archives",
    ),
    "same table twice": ({**SMALL, "FLOWS.parquet": b"x"}, "are the same table"),
    "too many files": ({f"{k}.csv": b"x" for k in range(21)}, "more than the 20 that are read at once"),
    "too many bytes": ({"flows.csv": bytes(64 * 2**20 + 1)}, "more than the 67,108,864 that can be uploaded"),
    # not what the ending says
    "Parquet with wrong magic": (changed(flows_csv=None, flows_parquet=b"PAR2" * 9), "cannot be read as Parquet"),
    "truncated Parquet": (changed(flows_csv=None, flows_parquet=b"PAR1" + b"x" * 30 + b"PAR1"), "cannot be read"),
    "pickle as Parquet": (changed(flows_csv=None, flows_parquet=pickle.dumps(KEYS)), "cannot be read as Parquet"),
    "pickle as CSV": (flows(pickle.dumps(KEYS)), "is not UTF-8"),
    "old pickle as CSV": (flows(b"cos\nsystem\n(S'true'\ntR."), "column importer: the column is missing"),
    "workbook as CSV": (flows(b"PK\x03\x04" + bytes(40)), "is an Excel workbook or a zip archive"),
    "old workbook as CSV": (flows(b"\xd0\xcf\x11\xe0" + bytes(40)), "is an old Excel workbook"),
    "error page as CSV": (flows("<!DOCTYPE html><html><body>404</body></html>"), "is a web page"),
    "JSON as CSV": (flows('[{"importer": "USA"}]'), "is JSON"),
    "PDF as CSV": (flows("%PDF-1.7\n"), "is a document"),
    "Parquet as CSV": (flows(b"PAR1" + bytes(8) + b"PAR1"), "is a Parquet file"),
    # Parquet that is more than it seems
    "Parquet of too many rows": (
        parquet(pa.table({"importer": pa.repeat("USA", LIMITS.rows + 1)})),
        "it unpacks to 1,000,001 rows",
    ),
    "Parquet of one endless text": (
        parquet(pa.table(dict.fromkeys(KEYS, ENDLESS) | {"value_usd": np.ones(5_000)})),
        "it unpacks to more than the 314,572,800 bytes",
    ),
    "Parquet of lists": (parquet(pa.table({**KEYS, "value_usd": [[1.0]]})), "column value_usd: the column is missing"),
    "Parquet of bytes": (parquet(pa.table({**KEYS, "value_usd": [b"1"]})), "column value_usd: the column is missing"),
    "Parquet with control characters": (
        parquet(pa.table({**KEYS, "importer": ["US\x07A"], "value_usd": [1.0]})),
        "column importer: it holds control characters",
    ),
    "Parquet of too many columns": (
        parquet(pa.table({f"c{k}": [1] for k in range(501)})),
        "it has 501 columns, more than the 500",
    ),
    "Parquet with decimal codes": (
        parquet(pa.table({**KEYS, "product": [8.5], "value_usd": [1.0]})),
        "decimal numbers",
    ),
    # text
    "NUL bytes": (flows(HEADER + "USA,CHN,85\x000511,1\n"), "line 2: byte 0x00"),
    "control characters in codes": (flows(HEADER + "US\x1bA,CHN,850511,1\n"), "line 2: byte 0x1B"),
    "UTF-16": (flows((HEADER + ROW).encode("utf-16")), "is not UTF-8"),
    "latin-1": (flows((HEADER + "USA,CHN,Möbel,1\n").encode("latin-1")), "line 2: byte 0xF6"),
    "byte-order mark twice": (flows("\ufeff\ufeff" + HEADER + ROW), "begins with two byte-order marks"),
    "empty file": (flows(""), "the file is empty"),
    "header only": (flows(HEADER), "there is a header but no row"),
    "ten thousand columns": (flows(",".join(f"c{k}" for k in range(10_000)) + "\n"), "10,000 columns"),
    "a long heading": (flows("x" * 201 + "\n1\n"), "a heading is longer than 200 characters"),
    "one heading of 5 MB": (flows("x" * 5_000_000 + "\n1\n"), "the header cannot be read"),
    "one line of 5 MB": (flows(HEADER + f"USA,CHN,{'8' * 5_000_000},1\n"), "a line is longer than 1,000,000 bytes"),
    "too many lines": (flows(HEADER + "\n" * (LIMITS.rows + 2)), "more than the 1,000,000 lines"),
    "open quotation mark": (flows(HEADER + '"USA,CHN,850511,1\n'), "is opened and never closed"),
    # columns and separators
    "missing columns": (flows("importer,product,value_usd\nUSA,850511,1\n"), "column exporter: the column is missing"),
    "same heading twice": (flows("importer,importer,product\nUSA,CHN,1\n"), "appears more than once"),
    "pipes": (flows((HEADER + ROW).replace(",", "|")), "separated by '|'"),
    "separator in doubt": (flows("importer;exporter,product\nUSA;CHN,1\n"), "could be separated by commas or by semi"),
    "mixed separators": (flows(HEADER + "USA;CHN;850511;1\n"), "line 2: there are 1 fields where the header has 4"),
    "decimal comma between commas": (flows(HEADER + 'USA,CHN,850511,"1,5"\n'), "'1,5' is not a number"),
    "comma in doubt": (flows((HEADER + ROW).replace(",", ";").replace("200", "1,200")), "can be read in two ways"),
    "point in doubt": (flows((HEADER + ROW).replace(",", ";").replace("200", "1.200")), "can be read in two ways"),
    # values
    "negative value": (flows(HEADER + "USA,CHN,850511,-1\n"), "a value is finite and not negative"),
    "text in numbers": (flows(HEADER + "USA,CHN,850511,many\n"), "'many' is not a number"),
    "formula in numbers": (flows(HEADER + "USA,CHN,850511,=1+1\n"), "'=1+1' is not a number"),
    "not a number": (flows(HEADER + "USA,CHN,850511,NaN\n"), "'NaN' is not a number"),
    "infinite": (flows(HEADER + "USA,CHN,850511,inf\n"), "a value is finite and not negative"),
    "beyond a float": (flows(HEADER + f"USA,CHN,850511,1{'0' * 400}\n"), "a value is finite and not negative"),
    "more than the world": (flows(HEADER + "USA,CHN,850511,1e16\n"), "1e+16 US$ in one flow are more than the 1e+15"),
    "date": (flows(HEADER + "USA,CHN,850511,2024-01-31\n"), "'2024-01-31' is not a number"),
    "no trade": (flows(HEADER + "USA,CHN,850511,0\n"), "no flow has a value above 0"),
    "duplicate rows": (flows(HEADER + ROW + ROW), "line 3, column product: '850511' repeats an earlier row"),
    "unknown economy": (flows(HEADER + "USA,ATL,850511,1\n"), "'ATL' is not in the table of countries"),
    "unknown product": (flows(HEADER + "USA,CHN,999999,1\n"), "'999999' is not in the table of products"),
    "lost leading zeros": (flows(HEADER + "USA,CHN,10121,1\n"), "should be '010121'"),
    "blanks around a code": (flows(HEADER + "USA ,CHN,850511,1\n"), "has blanks around it"),
    "code of a thousand letters": (
        changed(flows_csv=HEADER + f"USA,CHN,{'8' * 1_000},1\n", tariffs_csv=None, products_csv=None),
        "1,000 characters in a code are more than the 60",
    ),
    "code that means all": (
        changed(flows_csv=HEADER + "USA,All,850511,1\n", countries_csv=None, tariffs_csv=None),
        "a code is 'all' or holds ':'",
    ),
    "code that names a list": (
        changed(flows_csv=HEADER + "USA,CHN,list:rare-earths,1\n", products_csv=None, tariffs_csv=None),
        "a code is 'all' or holds ':'",
    ),
    "name without end": (
        changed(products_csv=f"product,description\n850511,{'x' * 3_000}\n010121,y\n870323,z\n"),
        "3,000 characters in a name are more than the 2,000",
    ),
    "rate of −100": (
        changed(tariffs_csv="importer,exporter,product,tariff_pct\nUSA,CHN,850511,-100\n"),
        "a tariff is finite and above −100%",
    ),
    "rate beyond reason": (
        changed(tariffs_csv="importer,exporter,product,tariff_pct\nUSA,CHN,850511,1e9\n"),
        "1e+09 per cent in a tariff are more than the 100,000",
    ),
    "substitution of wrong sign": (changed(elasticities_csv="product,armington_elasticity\nall,-3\n"), "is above 0"),
    "demand of wrong sign": (changed(elasticities_csv="product,import_demand_elasticity\nall,3\n"), "is below 0"),
    "elasticity beyond reason": (
        changed(elasticities_csv="product,armington_elasticity\nall,1e9\n"),
        "1e+09 in an elasticity are more than the 1,000",
    ),
    "accounts without value added": (
        changed(final_demand_csv="economy,product,value_usd\nUSA,850511,1\n"),
        "there is no value_added file beside it",
    ),
    # words about the data
    "no dataset.toml": (changed(dataset_toml=None), "dataset.toml: the file is missing"),
    "TOML of wrong types": (changed(dataset_toml='title = 1\nyear = "x"\n'), "valuation is missing"),
    "no TOML": (changed(dataset_toml="title: Small"), "it is not TOML"),
    "unknown kind": (changed(dataset_toml=SMALL["dataset.toml"].replace(b'"world"', b'"galaxy"')), "kind is 'galaxy'"),
    "unknown key": (changed(dataset_toml=SMALL["dataset.toml"] + b'path = "/etc"\n'), "path is not a key of this file"),
    "year out of range": (
        changed(dataset_toml=SMALL["dataset.toml"].replace(b"2024", b"3024")),
        "year is not a whole number between 1900 and 2100",
    ),
    "huge TOML": (changed(dataset_toml=b"#" * (2**20 + 1)), "are more than the 1,048,576 that are read"),
    "large TOML": (
        changed(dataset_toml=SMALL["dataset.toml"] + b"#" * 20_000),
        "bytes are more than the 20,000 that the page holds",
    ),
    "TOML of endless lists": (
        changed(dataset_toml=b"notes = " + b"[" * 100_000),
        "nested too deep",
    ),
    "TOML of an endless number": (
        changed(dataset_toml=b"year = " + b"9" * 5_000),
        "a number too long to be read",
    ),
    "TOML in latin-1": (changed(dataset_toml="title = 'Möbel'".encode("latin-1")), "is not UTF-8"),
}
