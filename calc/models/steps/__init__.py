"""The steps of one line from its base value to its new value, model by model."""
