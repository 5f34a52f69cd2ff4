"""Print the papers' tables beside ours, cell by cell: `python tests/compare_published.py`."""

import sys

import caliendo_parro
import pandas as pd
import test_liberation_day


def comparison():
    """Every printed cell of the general-equilibrium papers: paper, table, case, economy, quantity, published, ours."""
    nafta = caliendo_parro.compare().assign(
        paper="Caliendo & Parro 2015", case=lambda table: table["partner"].fillna("").astype(str)
    )
    liberation = test_liberation_day.compare().assign(paper="Ignatenko et al. 2025")
    columns = ["paper", "table", "case", "economy", "quantity", "published", "ours", "within"]
    return pd.concat([nafta[columns], liberation[columns]], ignore_index=True)


if __name__ == "__main__":
    cells = comparison()
    sys.stdout.write(cells.to_string(index=False, float_format="%.4f", max_colwidth=40) + "\n")
    sys.stdout.write(f"{cells['within'].sum()} of {len(cells)} cells within half their last printed digit\n")
    sys.exit(0 if cells["within"].all() else 1)
