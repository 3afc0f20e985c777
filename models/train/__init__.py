"""One file is one recipe: how a bundled model was trained, and how to train it again."""
