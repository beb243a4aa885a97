"""Nodes that say which types their parameters have; kedro 1.3 and later fills them in."""
