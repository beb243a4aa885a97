"""Values of every kind that come out of nodes, and artifacts of every kind that nodes change."""
