"""Random draws of what is uncertain."""
