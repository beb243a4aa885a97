"""What does it cost to charter a shuttle? A small Kedro project, as any other."""
