"""View: what one importer's tariffs do."""
