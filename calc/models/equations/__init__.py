"""Equations and solvers that the models share."""
