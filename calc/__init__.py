"""Tariff-impact calculator: what a tariff does to prices, volumes, revenue and welfare, and for whom.

The public names, and the modules they stand in, are listed in `__init__.pyi`; each module is imported when a name of it
is first used, so that help, and a program that needs one of them, start at once.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
