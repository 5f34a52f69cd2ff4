"""A sweep shared by many workers: the result at every tariff, from any `concurrent.futures.Executor`.

python sweep_on_a_cluster.py [FOLDER]

Here the workers are processes of this machine. A cluster only needs another executor, with Dask for instance

    from dask.distributed import Client
    executor = Client("scheduler:8786").get_executor()

and the numbers are the same to the last digit, however many share the work.
"""

import sys
from concurrent.futures import ProcessPoolExecutor

import calc


def main() -> None:
    """Answer a surtax on China from 0 to 60 points, with ranges, and write the table."""
    with ProcessPoolExecutor(max_workers=2) as executor:
        swept = calc.sweep("truce_lapses", "0:60:20", draws=40, executor=executor)
    print(swept)
    revenue = swept.table[swept.table["metric"] == "tariff_revenue_change"]
    print(revenue[["tariff_pct", "value", "low", "high"]].to_string(index=False))
    print("Written to", swept.save(sys.argv[1] if len(sys.argv) > 1 else "swept"))


if __name__ == "__main__":  # workers of a new process import this file
    main()
