"""Scripts of components are joined into one: no name of what all share may be given twice."""

import re
from pathlib import Path

from dashboard.components import BASE, HERE

TOP = re.compile(r"^(?:async )?(?:const|let|function|class)\s+([A-Za-z_$][\w$]*)", re.MULTILINE)


def names(script: Path) -> list[str]:
    """What a script declares at its top."""
    return TOP.findall(script.read_text(encoding="utf-8"))


def test_no_script_gives_a_shared_name_another_meaning():
    shared = [name for part in BASE for name in names(HERE / f"{part}.js")]
    assert len(shared) > 60 and len(shared) == len(set(shared))
    taken = {
        f"{path.name}: {name}"
        for path in HERE.glob("*.js")
        if path.stem not in BASE
        for name in set(names(path)) & set(shared)
    }
    assert taken == set()
