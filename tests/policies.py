"""A small dataset for the tests of policies, and what rules make of its rates."""

import io

import pytest

from calc.files.checks import read_schedule
from calc.tariffs.policy import apply_rules
from calc.tariffs.rules import Schedule

FILES = {
    "flows.csv": """\
importer,exporter,product,value_usd
USA,CHN,010121,100
USA,CHN,850511,200
USA,MEX,010121,50
USA,MEX,870323,300
USA,USA,870323,1000
CHN,USA,850511,40
CHN,USA,870323,80
MEX,USA,870323,60
""",
    "tariffs.csv": """\
importer,exporter,product,tariff_pct
USA,CHN,010121,25
USA,CHN,850511,50
USA,MEX,010121,0
USA,MEX,870323,2.5
CHN,USA,850511,5
CHN,USA,870323,15
MEX,USA,870323,0
""",
    "products.csv": """\
product,description,hs2,end_use
010121,"Horses, pure-bred",01,capital
850511,Magnets of metal,85,intermediate
870323,Passenger cars,87,consumption
""",
    "product-lists/strategic.csv": """\
product,coverage_pct
85,100
870323,40
""",
}
BASE = {
    "USA CHN 010121": 25,
    "USA CHN 850511": 50,
    "USA MEX 010121": 0,
    "USA MEX 870323": 2.5,
    "USA USA 870323": 0,
    "CHN USA 850511": 5,
    "CHN USA 870323": 15,
    "MEX USA 870323": 0,
}


def by_line(values, dataset):
    flows = dataset.flows
    keys = (
        f"{flows.economies[n]} {flows.economies[i]} {flows.products[j]}"
        for n, i, j in zip(flows.importer, flows.exporter, flows.product, strict=True)
    )
    return dict(zip(keys, values, strict=True))


def new_rates(dataset, *rules):
    """New rates in per cent by line, those that changed only."""
    rates = by_line(100 * apply_rules(rules, dataset).tariff_new, dataset)
    return {key: pytest.approx(rate, rel=1e-13) for key, rate in rates.items() if rate != pytest.approx(BASE[key])}


def schedule(text, name="rates.csv"):
    content = text.encode()
    return Schedule(name=name, content=content, table=read_schedule(io.BytesIO(content), name))
