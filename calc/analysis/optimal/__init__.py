"""Optimal tariffs, and the wars they lead to."""
