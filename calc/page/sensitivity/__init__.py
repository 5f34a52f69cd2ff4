"""View: which assumptions the answer depends on."""
