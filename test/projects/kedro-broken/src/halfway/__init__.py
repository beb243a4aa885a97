"""A project with a pipeline that does not import; REGISTRY says how the registry puts them together."""
