"""Where the built-in data lie."""

from pathlib import Path


def data_dir() -> Path:
    """Folder of the built-in data: inside an installed package, or beside the package in its repository."""
    package = Path(__file__).parent.parent
    installed = package / "_data"
    return installed if installed.is_dir() else package.parent / "data"
