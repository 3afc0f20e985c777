"""One file is one way of looking; `interpret.method.find()` lists them."""
