"""Print our results against published tables, cell by cell: `python tests/compare_published.py`."""

import sys

from calc.published.comparison import as_text, explained, published_cells

if __name__ == "__main__":
    cells = published_cells()
    sys.stdout.write(as_text(cells) + "\n")
    sys.exit(0 if explained(cells) else 1)
