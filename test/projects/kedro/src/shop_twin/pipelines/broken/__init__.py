raise RuntimeError("this pipeline does not import")
