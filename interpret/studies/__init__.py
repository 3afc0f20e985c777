"""One file for each question to a model itself or to many texts; see `interpret.study`."""
