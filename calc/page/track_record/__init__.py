"""View: how the method would have done, beside what happened."""
