"""A policy in plain words: what people write becomes rules, and rules become what people write."""
