"""The server around the page: what it does before the first visit, and what it adds to the page."""
