"""A project that writes down which hooks it sees, and whose nodes misbehave when they are told to."""
