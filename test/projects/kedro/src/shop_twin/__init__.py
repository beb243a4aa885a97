"""The twin of test/projects/native, in Python."""
