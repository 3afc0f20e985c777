"""Has it learned grammar? Minimal pairs of our own writing, and how a model scores them."""
