"""Published numbers of others, and the functions that reproduce them from the models."""
