"""Small datasets for tests of optimal tariffs and tariff wars: two economies alike, and a large one beside a small."""

import pandas as pd

from calc.datasets.dataset import read_dataset

ABOUT = 'title = "Made up"\nyear = 2024\nvaluation = "fob"\nkind = "world"\nhome_sales = true\n'


def dataset_of(folder, trade, *, sigma=5.0, epsilon=-1.0, supply=1.5, gdp=None):
    """A world in one folder: `trade` [(importer, exporter, product)] → US$, no tariffs in the base.

    With `gdp` value added stands beside it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset.toml").write_text(ABOUT)
    rows = [(*key, value) for key, value in trade.items()]
    flows = pd.DataFrame(rows, columns=["importer", "exporter", "product", "value_usd"])
    flows.to_csv(folder / "flows.csv", index=False)
    pd.DataFrame(
        {
            "product": sorted(set(flows["product"])),
            "import_demand_elasticity": epsilon,
            "armington_elasticity": sigma,
            "export_supply_elasticity": supply,
            "basis": "made up",
        }
    ).to_csv(folder / "elasticities.csv", index=False)
    if gdp is not None:
        table = [(economy, product, value) for (economy, product), value in gdp.items()]
        columns = ["economy", "product", "value_added_usd"]
        pd.DataFrame(table, columns=columns).to_csv(folder / "value_added.csv", index=False)
    return read_dataset(folder)


def mirrored(folder, **parameters):
    """Two economies that are alike: two goods, a tenth of each bought from the other, every number the same."""
    trade = {
        (buyer, seller, good): 9e9 if buyer == seller else 1e9
        for buyer in ("AAA", "BBB")
        for seller in ("AAA", "BBB")
        for good in ("g1", "g2")
    }
    gdp = {(economy, good): 10e9 for economy in ("AAA", "BBB") for good in ("g1", "g2")}
    return dataset_of(folder, trade, gdp=gdp, **parameters)


def uneven(folder, **parameters):
    """A large economy that buys little abroad, and a small one for which the same trade is much."""
    own = {"BIG": 99e9, "TNY": 3e9}
    trade = {(buyer, seller, "g1"): own[buyer] if buyer == seller else 1e9 for buyer in own for seller in own}
    gdp = {("BIG", "g1"): 100e9, ("TNY", "g1"): 4e9}
    return dataset_of(folder, trade, gdp=gdp, **parameters)
