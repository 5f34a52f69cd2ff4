"""View: the record of tariffs by day."""
