"""The page: one file a view, and what the views share. No model and no equation stands here."""
