"""Your own data: three flows become a dataset folder, which is checked, read and used like any other.

python own_data.py [FOLDER]
"""

import sys
from pathlib import Path

import calc

ABOUT = """\
title = "Bicycles, made up"
year = 2024
valuation = "cif"
kind = "imports"
source = "this program"
"""
FLOWS = """\
importer,exporter,product,value_usd
GBR,CHN,871200,900000
GBR,TWN,871200,600000
GBR,PRT,871200,500000
"""
TARIFFS = """\
importer,exporter,product,tariff_pct
GBR,*,871200,14
GBR,PRT,871200,0
"""

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "bicycles")
folder.mkdir(parents=True, exist_ok=True)
for name, text in (("dataset.toml", ABOUT), ("flows.csv", FLOWS), ("tariffs.csv", TARIFFS)):
    (folder / name).write_text(text, encoding="utf-8")

for problem in calc.check_dataset(folder):
    print(f"{problem.severity}: {problem.text}")

dataset = calc.read_dataset(folder)
print(dataset)

anti_dumping = calc.Rule(exporters=("CHN",), products=("871200",), value_pct=48.5, label="Anti-dumping duty")
result = calc.run(calc.Scenario(title="Anti-dumping duty on bicycles", rules=(anti_dumping,)), dataset)
print(result)
print(result.lines[["exporter", "tariff_base", "tariff_new", "import_value_base", "import_value_new"]].to_string())
