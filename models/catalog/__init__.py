"""The bundled models: each file here is one, with NAME, TITLE, PLACE and `load(folder)`."""

import importlib
import pkgutil
from functools import cache
from types import ModuleType


@cache
def entries() -> dict[str, ModuleType]:
    """Every model of this folder by its name, in the order of PLACE."""
    found = [importlib.import_module(f"{__name__}.{m.name}") for m in pkgutil.iter_modules(__path__)]
    return {module.NAME: module for module in sorted(found, key=lambda module: module.PLACE)}
