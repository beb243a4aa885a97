"""A project that has classes, resolvers and patterns of its own wherever Kedro lets it; CUSTOM says which."""
