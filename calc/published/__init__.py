"""Numbers that others printed, and the functions that give them again from the models."""
