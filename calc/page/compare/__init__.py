"""View: scenarios side by side."""
