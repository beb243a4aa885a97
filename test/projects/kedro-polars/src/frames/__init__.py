"""Polars tables in and out, eager and lazy."""
