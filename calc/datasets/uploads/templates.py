"""Files to begin from: a few real rows of a dataset in the form in which one's own are uploaded."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import tomli_w

from calc.datasets.dataset import Dataset
from calc.datasets.elasticities import (
    DEFAULT_ARMINGTON_ELASTICITY,
    DEFAULT_EXPORT_SUPPLY_ELASTICITY,
    DEFAULT_IMPORT_DEMAND_ELASTICITY,
)
from calc.datasets.layout import ABOUT
from calc.files.write import zip_bytes

PRODUCTS, PARTNERS = 3, 3


def templates(dataset: Dataset) -> dict[str, bytes]:
    """A small sound dataset by file: the products of a dataset that pay most duty, from their largest partners.

    Parameters
    ----------
    dataset : imports of one economy
    """
    flows = dataset.flows
    duty = np.bincount(flows.product, weights=flows.import_value * flows.tariff_rate)
    lines: list[int] = []
    for product in np.argsort(-duty, kind="stable")[:PRODUCTS]:
        of_product = np.flatnonzero(flows.product == product)
        lines += of_product[np.argsort(-flows.import_value[of_product], kind="stable")[:PARTNERS]].tolist()
    chosen = np.array(lines)
    keys = {
        "importer": flows.economies[flows.importer[chosen]],
        "exporter": flows.economies[flows.exporter[chosen]],
        "product": flows.products[flows.product[chosen]],
    }
    products = dataset.products[dataset.products["product"].isin(keys["product"])]
    countries = dataset.countries[dataset.countries["economy"].isin([*keys["importer"], *keys["exporter"]])]
    about = {
        "title": f"Template: a few rows of {dataset.title}",
        "year": dataset.year,
        "valuation": dataset.valuation,
        "kind": dataset.kind,
        "source": dataset.source,
        "licence": dataset.licence,
        "notes": ["An example of the form, not a dataset to draw conclusions from."],
    }
    elasticities = {
        "product": ["all"],
        "import_demand_elasticity": [DEFAULT_IMPORT_DEMAND_ELASTICITY],
        "armington_elasticity": [DEFAULT_ARMINGTON_ELASTICITY],
        "export_supply_elasticity": [DEFAULT_EXPORT_SUPPLY_ELASTICITY],
        "basis": ["default of this calculator"],
    }
    tables = {
        "flows.csv": pd.DataFrame({**keys, "value_usd": flows.import_value[chosen].astype(np.int64)}),
        "tariffs.csv": pd.DataFrame({**keys, "tariff_pct": (flows.tariff_rate[chosen] * 100).round(4)}),
        "elasticities.csv": pd.DataFrame(elasticities),
        "products.csv": products[["product", "description"]],
        "countries.csv": countries[["economy", "name", "iso_numeric", "groups"]],
    }
    files = {name: table.to_csv(index=False, lineterminator="\n").encode() for name, table in tables.items()}
    return {**files, ABOUT: tomli_w.dumps(about).encode()}


def template_zip(files: Mapping[str, bytes]) -> bytes:
    """The template files as one zip whose folder passes the checks."""
    return zip_bytes(files)
