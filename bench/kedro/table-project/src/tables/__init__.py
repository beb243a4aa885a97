"""A table in, the same table out: what it costs to move it."""
