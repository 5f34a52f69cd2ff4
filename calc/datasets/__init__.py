"""A folder of tables becomes a `Dataset`, prepared once for every model."""
