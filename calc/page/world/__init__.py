"""View: what a policy does to every economy."""
