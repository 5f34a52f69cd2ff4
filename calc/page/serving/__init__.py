"""The server around the page: what it does before the first visit, and how an answer leaves it."""
