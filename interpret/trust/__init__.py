"""Evidence beside a map: one file is one way of testing it; `evidence.py` lists them for the pages."""
