"""View: data, methods and how to repeat an answer."""
