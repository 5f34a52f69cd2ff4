"""The page: a folder for each view, `sidebar` and `held` for the controls, and what the views share; no equation."""
