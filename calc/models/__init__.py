"""The models: one file, one paper, one public `simulate`."""
