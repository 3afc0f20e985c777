"""Reads the sources without importing them: who imports whom, how long, by what names.

Every check takes the root of a tree and answers with sentences, one per fault, so that a test can
point it at the repository (no fault) and at a planted tree (the fault it was planted with).
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("models", "interpret", "dashboard", "tests")
LONGEST = 300
LONGEST_VIEW = 50
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "data", "info"}
HEAVY = ("captum", "umap", "fastai", "transformers")

# The parts of interpret that the pages may name: records and words, no computing.
RECORDS = (
    "interpret.results",
    "interpret.target",
    "interpret.method",
    "interpret.wording",
    "interpret.editing",
    "interpret.sentences",
)

CACHES = {"cache_data", "cache_resource"}
CHOICES = {"session_state", "query_params"}


@dataclass(frozen=True, kw_only=True)
class Import:
    """One module named by an import, where, and whether importing the file already imports it."""

    module: str
    line: int
    at_once: bool


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What the files under `folder` may import: nothing of `never`; and if given, `only` these."""

    folder: str
    never: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()  # parts of `never` that are allowed after all
    only: tuple[str, ...] = ()
    except_files: tuple[str, ...] = ()


RULES = (
    Rule(folder="models", never=("captum", "streamlit", "plotly", "interpret", "dashboard")),
    Rule(folder="interpret", never=("streamlit", "plotly", "dashboard")),
    Rule(
        folder="dashboard/figures",
        only=(
            "plotly",
            "numpy",
            "interpret.results",
            "interpret.sentences",
            "interpret.wording",
            "dashboard.figures",
            "dashboard.interface",
            *sys.stdlib_module_names,
        ),
    ),
    Rule(
        folder="dashboard/views",
        never=("torch", "captum", "fastai", "umap", "plotly", "transformers", "models"),
    ),
    Rule(
        folder="dashboard",
        never=("models", "interpret"),
        allowed=RECORDS,
        except_files=("dashboard/cached.py", "dashboard/shelf.py"),  # one computes, one opens models
    ),
)


def sources(root: Path, folder: str, *endings: str) -> list[Path]:
    """The files under a folder that end so, caches left out."""
    found = (path for path in sorted((root / folder).rglob("*")) if path.suffix in endings)
    return [path for path in found if "__pycache__" not in path.parts]


def within(module: str, names: tuple[str, ...]) -> bool:
    """Whether a module is one of these or inside one of them."""
    return any(module == name or module.startswith(name + ".") for name in names)


def imports(path: Path, root: Path) -> Iterator[Import]:
    """Every module a file names, by `import`, `from` or `import_module("...")`, at any depth."""
    yield from _imports(ast.parse(path.read_text(encoding="utf-8")).body, path, root, at_once=True)


def _imports(nodes: list, path: Path, root: Path, *, at_once: bool) -> Iterator[Import]:
    for node in nodes:
        for module in _named(node, path, root):
            yield Import(module=module, line=node.lineno, at_once=at_once)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            body = node.body if isinstance(node.body, list) else [node.body]
            yield from _imports(body, path, root, at_once=False)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from _imports(node.body, path, root, at_once=False)
            yield from _imports(node.orelse, path, root, at_once=at_once)
        else:
            yield from _imports(list(ast.iter_child_nodes(node)), path, root, at_once=at_once)


def _named(node: ast.AST, path: Path, root: Path) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = _base(node, path, root)
        for alias in node.names:
            inner = root.joinpath(*base.split("."), alias.name)
            is_module = inner.is_dir() or inner.with_suffix(".py").is_file()
            yield f"{base}.{alias.name}" if is_module else base
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = ast.unparse(node.func)
        if called.split(".")[-1] in {"import_module", "__import__"}:
            yield str(node.args[0].value)


def _base(node: ast.ImportFrom, path: Path, root: Path) -> str:
    """The module that `from ... import` names, a relative one written out."""
    if not node.level:
        return node.module or ""
    above = path.relative_to(root).parts[: -node.level]
    return ".".join([*above, *([node.module] if node.module else [])])


def wrong_imports(root: Path, rules: tuple[Rule, ...] = RULES) -> list[str]:
    """Imports that a rule forbids."""
    faults = []
    for rule in rules:
        for path in sources(root, rule.folder, ".py"):
            name = path.relative_to(root).as_posix()
            if name in rule.except_files:
                continue
            for found in imports(path, root):
                banned = within(found.module, rule.never) and not within(found.module, rule.allowed)
                if banned or (rule.only and not within(found.module, rule.only)):
                    faults.append(f"{name}:{found.line} imports {found.module}")
    return faults


def heavy_at_once(root: Path) -> list[str]:
    """Heavy libraries that importing a file already imports; a page must not wait for them."""
    faults = []
    for folder, heavy in (("interpret", HEAVY), ("dashboard", HEAVY), ("models", ("fastai",))):
        for path in sources(root, folder, ".py"):
            name = path.relative_to(root).as_posix()
            if name.startswith("models/train/"):
                continue
            for found in imports(path, root):
                if found.at_once and within(found.module, heavy):
                    faults.append(f"{name}:{found.line} imports {found.module} at once")
    return faults


def touched(root: Path, words: set[str], allowed: tuple[str, ...]) -> list[str]:
    """`st.word` or `from streamlit import word`, for each of `words`, outside `allowed` files and folders."""
    faults = []
    for path in sources(root, "dashboard", ".py"):
        name = path.relative_to(root).as_posix()
        if name.startswith(allowed):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            used: set[str] = set()
            if isinstance(node, ast.Attribute):
                used = {node.attr}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("streamlit"):
                used = {alias.name for alias in node.names}
            faults += [f"{name}:{node.lineno} touches {word}" for word in used & words]  # type: ignore[attr-defined]
    return faults


def too_long(root: Path) -> list[str]:
    """Files over the cap."""
    faults = []
    for folder in FOLDERS:
        for path in sources(root, folder, ".py", ".js", ".css"):
            name = path.relative_to(root).as_posix()
            lines = len(path.read_text(encoding="utf-8").splitlines())
            cap = LONGEST_VIEW if name.startswith("dashboard/views/") else LONGEST
            if lines > cap:
                faults.append(f"{name} has {lines} lines, over {cap}")
    return faults


def bad_names(root: Path) -> list[str]:
    """Names that say nothing, `pages/` (Streamlit's own), and names that would hide a package.

    The folder of the script that Streamlit runs is on the path, so `dashboard/models.py` would
    be found before `models/`.
    """
    faults = []
    for folder in FOLDERS:
        for path in sources(root, folder, ".py", ".js", ".css"):
            if path.stem in EMPTY_NAMES:
                faults.append(f"{path.relative_to(root).as_posix()} has a name that says nothing")
    if (root / "dashboard" / "pages").exists():
        faults.append("dashboard/pages is read by Streamlit itself: use dashboard/views")
    packages = {*FOLDERS, *HEAVY, "streamlit", "torch", "plotly", "numpy", "pandas", "scipy"}
    for path in sorted((root / "dashboard").glob("*")):
        if path.stem in packages | set(sys.stdlib_module_names):
            faults.append(f"dashboard/{path.name} hides the package {path.stem}")
    return faults


_PARTS_OF_JS = re.compile(
    r"""(?P<kept>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|/\*.*?\*/|//[^\n]*""",
    re.DOTALL,
)
_COMMENT_IN_CSS = re.compile(r"/\*.*?\*/", re.DOTALL)
_ELSEWHERE = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[\w.-]+\.\w+|@import\b")
_AS_MARKUP = re.compile(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function)\b")


def served(path: Path) -> str:
    """A script or style sheet without its comments."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        return _COMMENT_IN_CSS.sub(" ", text)
    return _PARTS_OF_JS.sub(lambda part: part["kept"] or " ", text)


def fetched_or_unsafe(root: Path) -> list[str]:
    """Addresses elsewhere in what the page is sent, and ways by which a text could become markup.

    Names of XML namespaces (www.w3.org) are names, not addresses.
    """
    faults = []
    for path in sources(root, "dashboard", ".js", ".css"):
        name, text = path.relative_to(root).as_posix(), served(path)
        faults += [f"{name} names {found[0]}" for found in _ELSEWHERE.finditer(text)]
        if path.suffix == ".js":
            faults += [f"{name} uses {found[0]}" for found in _AS_MARKUP.finditer(text)]
    return faults
