"""Readers: one official file format each, turned into a dataset folder."""
