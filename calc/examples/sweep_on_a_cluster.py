"""A sweep shared by the workers of a Dask cluster: the result at every tariff, and many scenarios in one table.

python sweep_on_a_cluster.py [FOLDER]

It needs Dask: pip install "tariff-impact[cluster]". Here the cluster is two processes of this machine. For one of many
machines write the address of its scheduler, Client("tcp://10.0.0.5:8786"). Any other `concurrent.futures.Executor` will
do as well; processes of this machine need none: calc.run_many(..., jobs=2). The numbers are the same to the last digit.
"""

import sys

from distributed import Client, LocalCluster

import calc


def main() -> None:
    """Answer a surtax on China from 0 to 60 points, with ranges, write the table, and answer two presets beside it."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        executor = client.get_executor()
        swept = calc.sweep("truce_lapses", "0:60:20", draws=40, executor=executor)
        presets = calc.run_many(["truce_lapses", "universal_10"], draws=0, executor=executor)
    print(swept)
    revenue = swept.table[swept.table["metric"] == "tariff_revenue_change"]
    print(revenue[["tariff_pct", "value", "low", "high"]].to_string(index=False))
    print(presets.table[presets.table["metric"] == "tariff_revenue_change"][["title", "value"]].to_string(index=False))
    print("Written to", swept.save(sys.argv[1] if len(sys.argv) > 1 else "swept"))


if __name__ == "__main__":  # workers of a new process import this file
    main()
