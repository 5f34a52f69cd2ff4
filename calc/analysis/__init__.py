"""`point_answer`, many times: ranges, sweeps, comparisons, sensitivity."""
