"""The worked example of GSIM, Francois & Hall (2003): four regions, one good; its world prices against ours.

The United States and the European Union remove their tariffs on each other. The example is a dataset folder and a
scenario file, so that it runs as anybody's own data would.
"""

import pandas as pd

from calc.datasets.dataset import read_dataset
from calc.published.cells import beside, published_dir, read_table
from calc.question import point_answer
from calc.scenario_file import read_scenario

NAME = "francois_hall_2003"
DIGITS = 4


def compare() -> pd.DataFrame:
    """The four reported changes of world prices, in the columns of `cells`."""
    folder = published_dir() / NAME
    printed = read_table(f"{NAME}/world_prices")
    result = point_answer(read_scenario(folder / "scenario.toml"), read_dataset(folder))
    ours = result.lines.astype({"exporter": str}).groupby("exporter")["world_price_change"].first()
    cells = printed.rename(columns={"exporter": "economy", "world_price_change": "published"}).assign(
        table="4 x 4 example",
        case="US and EU remove tariffs on each other",
        quantity="world_price_change",
        unit="share",
        digits=DIGITS,
    )
    return beside(cells, ours.loc[cells["economy"]].tolist())
