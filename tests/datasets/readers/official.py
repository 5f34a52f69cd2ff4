"""Files in official layouts from plain lines, and the datasets they give."""

import calc
from calc.datasets.readers.layouts import convert_files, dataset_files
from calc.datasets.readers.source_files import SourceFile
from calc.files.write import write_files


def file_of(name, *lines):
    return SourceFile(name=name, content="\n".join(lines).encode())


def converted(*files, **where):
    return convert_files(files, where)


def flows_of(whole):
    """Value by importer, exporter and product."""
    table = whole.tables["flows"]
    keys = table[["importer", "exporter", "product"]].agg(" ".join, axis=1)
    return dict(zip(keys, table["value_usd"], strict=True))


def tariffs_of(whole):
    table = whole.tables["tariffs"]
    keys = table[["importer", "exporter", "product"]].agg(" ".join, axis=1)
    return dict(zip(keys, table["tariff_pct"], strict=True))


def sound(whole, folder):
    """The dataset of a conversion, once `check` calls its folder sound."""
    write_files(dataset_files(whole), folder)
    problems = calc.check_dataset(folder)
    assert problems == (), [problem.text for problem in problems]
    return calc.read_dataset(folder)
