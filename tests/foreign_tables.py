"""Small dataset folders as strangers bring them, and what the command line says to them."""

from types import MappingProxyType

import pandas as pd

from calc.cli import main

ABOUT = 'title = "Small"\nyear = 2024\nvaluation = "customs"\nkind = "imports"\n'
FLOWS = """\
importer,exporter,product,value_usd
USA,CHN,010121,1000
USA,MEX,010121,500
USA,CHN,850511,2000
USA,MEX,850511,1000
"""
CHINA = '[[rule]]\nimporter = "USA"\nexporters = ["CHN"]\naction = "add"\nvalue_pct = 25\n'
NOTHING = MappingProxyType({})


def write_folder(folder, flows=FLOWS, **tables):
    """A dataset folder; tables are named without their ending."""
    folder.mkdir(exist_ok=True)
    (folder / "dataset.toml").write_text(ABOUT, encoding="utf-8")
    for name, text in {"flows": flows, **tables}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def run_on(folder, capsys, rules=CHINA, further=NOTHING):
    """Exit code, what was said, and the headline numbers in the units of the file; `further` files stand beside it."""
    scenario = folder / "scenario.toml"
    scenario.write_text(f'title = "Case"\nmodel = "armington"\ndraws = 0\n{rules}', encoding="utf-8")
    for name, text in further.items():
        (folder / name).write_text(text, encoding="utf-8")
    out = folder.parent / f"{folder.name}-out"
    code = main(["run", str(scenario), "--data", str(folder), "--out", str(out), "--force"])
    summary = pd.read_csv(out / "summary.csv").set_index("metric")["value"] if code == 0 else pd.Series(dtype=float)
    captured = capsys.readouterr()
    return code, captured.out + captured.err, summary


def check_of(folder, capsys, *further):
    """Exit code of `check` and what it said."""
    code = main(["check", str(folder), *map(str, further)])
    captured = capsys.readouterr()
    return code, captured.out + captured.err
