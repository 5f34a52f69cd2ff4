"""Tables become Altair charts."""
