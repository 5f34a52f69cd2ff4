"""How long the work takes, beside the least that it could take on the same machine: `python -m calc.benchmarks`."""
