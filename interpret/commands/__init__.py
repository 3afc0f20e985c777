"""Sub-commands of `python -m interpret`: one file each, with `answer(argv) -> what is printed`."""
