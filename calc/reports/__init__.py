"""Results become files."""
