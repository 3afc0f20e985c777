"""Sub-commands of `python -m dashboard`: one file each, with `answer(argv) -> exit code`; they print what they say."""
