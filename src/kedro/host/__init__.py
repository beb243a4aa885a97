"""The Python side of the Kedro engine: one process that holds one Kedro project, warm. See `__main__.py`."""
