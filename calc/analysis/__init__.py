"""`run`, many times: ranges, sweeps, comparisons, sensitivity."""
