"""A stranger's own files: read safely, named, offered again as a folder."""
