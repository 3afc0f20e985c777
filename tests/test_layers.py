"""The house rules of ARCHITECTURE.md, read off the sources; each check is shown planted faults."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import layers

ROOT = Path(__file__).parents[1]


def plant(root: Path, name: str, text: str) -> Path:
    """Write one file of a small tree."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return root


# Who imports whom


def test_every_folder_keeps_to_its_imports():
    assert layers.wrong_imports(ROOT) == []


@pytest.mark.parametrize("rule", layers.RULES, ids=lambda rule: rule.folder)
def test_every_rule_reads_some_files(rule):
    assert layers.sources(ROOT, rule.folder, ".py")


@pytest.mark.parametrize(
    ("name", "text", "module"),
    [
        ("models/lstm.py", "import captum", "captum"),
        ("models/lstm.py", "from interpret.run import record", "interpret.run"),
        ("models/lstm.py", "def f():\n    import plotly.graph_objects", "plotly.graph_objects"),
        ("interpret/run.py", "import streamlit as st", "streamlit"),
        ("interpret/methods/x.py", "from ...dashboard import theme", "dashboard"),
        ("interpret/run.py", "__import__('plotly')", "plotly"),
        ("dashboard/figures/bars.py", "import torch", "torch"),
        ("dashboard/figures/bars.py", "from interpret.run import Run", "interpret.run"),
        ("dashboard/figures/bars.py", "import streamlit", "streamlit"),
        ("dashboard/views/saliency.py", "import torch.nn", "torch.nn"),
        ("dashboard/views/saliency.py", "import plotly.express as px", "plotly.express"),
        ("dashboard/choices/address.py", "from models import load", "models"),
        ("dashboard/choices/address.py", "from interpret import record", "interpret"),
        ("dashboard/app.py", "import importlib\nimportlib.import_module('models')", "models"),
    ],
)
def test_a_wrong_import_is_found(tmp_path, name, text, module):
    faults = layers.wrong_imports(plant(tmp_path, name, text))
    assert [fault.split(" imports ")[1] for fault in faults] == [module] * len(faults)
    assert faults and faults[0].startswith(name)


def test_what_is_allowed_is_not_found(tmp_path):
    plant(tmp_path, "interpret/results.py", "import numpy")
    plant(tmp_path, "interpret/run.py", "import torch, captum")
    plant(tmp_path, "dashboard/figures/bars.py", "import math\nimport plotly.io\nimport numpy as np")
    plant(
        tmp_path,
        "dashboard/figures/__init__.py",
        "from . import bars\nfrom interpret import results",
    )
    plant(tmp_path, "dashboard/cached.py", "from models import load\nfrom interpret import record")
    plant(tmp_path, "dashboard/choices/address.py", "from interpret.target import Target")
    assert layers.wrong_imports(tmp_path) == []


# What the first page does not wait for


def test_heavy_libraries_are_imported_where_they_are_needed():
    assert layers.heavy_at_once(ROOT) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("interpret/methods/x.py", "from captum.attr import Saliency"),
        ("interpret/methods/x.py", "try:\n    import umap\nexcept ImportError:\n    pass"),
        ("dashboard/cached.py", "class Cache:\n    import transformers"),
        ("models/lstm.py", "import fastai.basics"),
    ],
)
def test_a_heavy_import_at_the_top_is_found(tmp_path, name, text):
    assert layers.heavy_at_once(plant(tmp_path, name, text)) != []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("interpret/methods/x.py", "def f():\n    from captum.attr import Saliency"),
        ("interpret/x.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import umap"),
        ("models/train/wiki_lstm.py", "from fastai.basics import Learner"),
    ],
)
def test_a_heavy_import_where_it_is_needed_passes(tmp_path, name, text):
    assert layers.heavy_at_once(plant(tmp_path, name, text)) == []


def test_listing_the_methods_loads_no_heavy_library():
    """Reading sources cannot see what an import imports in turn, so ask a fresh interpreter."""
    code = (
        "import sys; from interpret.method import find; find(); "
        f"print(*[name for name in {layers.HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


# One file for the choices, one for the caches


def test_only_choices_touches_the_session_and_the_address():
    allowed = ("dashboard/choices/", "dashboard/components/strip.py")
    assert layers.touched(ROOT, layers.CHOICES, allowed) == []


def test_only_two_files_cache():
    assert layers.touched(ROOT, layers.CACHES, ("dashboard/cached.py", "dashboard/shelf.py")) == []


@pytest.mark.parametrize(
    "text",
    [
        "import streamlit as st\nst.session_state['x'] = 1",
        "from streamlit import query_params as q",
    ],
)
def test_a_touched_session_is_found(tmp_path, text):
    plant(tmp_path, "dashboard/views/saliency.py", text)
    plant(tmp_path, "dashboard/choices/address.py", text)  # allowed here
    faults = layers.touched(tmp_path, layers.CHOICES, ("dashboard/choices/",))
    assert len(faults) == 1
    assert faults[0].startswith("dashboard/views/saliency.py:")


def test_a_cache_elsewhere_is_found(tmp_path):
    plant(tmp_path, "dashboard/knobs.py", "import streamlit as st\n@st.cache_data\ndef f(): ...")
    assert layers.touched(tmp_path, layers.CACHES, ()) == ["dashboard/knobs.py:2 touches cache_data"]


# Size and names


def test_no_file_is_too_long():
    assert layers.too_long(ROOT) == []


@pytest.mark.parametrize(
    ("name", "cap"),
    [("models/lstm.py", 300), ("dashboard/components/a.js", 300), ("dashboard/views/a.py", 50)],
)
def test_a_file_one_line_too_long_is_found(tmp_path, name, cap):
    assert layers.too_long(plant(tmp_path, name, "\n" * cap)) == []
    assert layers.too_long(plant(tmp_path, name, "\n" * (cap + 1))) == [
        f"{name} has {cap + 1} lines, over {cap}"
    ]


def test_every_name_says_something_and_hides_nothing():
    assert layers.bad_names(ROOT) == []


@pytest.mark.parametrize(
    "name", ["models/utils.py", "interpret/methods/helpers.py", "dashboard/components/common.js"]
)
def test_a_name_that_says_nothing_is_found(tmp_path, name):
    assert layers.bad_names(plant(tmp_path, name, "")) == [f"{name} has a name that says nothing"]


@pytest.mark.parametrize("name", ["dashboard/models.py", "dashboard/plotly/a.py", "dashboard/queue.py"])
def test_a_name_that_hides_a_package_is_found(tmp_path, name):
    (fault,) = layers.bad_names(plant(tmp_path, name, ""))
    assert "hides the package" in fault


def test_streamlits_own_folder_of_pages_is_found(tmp_path):
    (fault,) = layers.bad_names(plant(tmp_path, "dashboard/pages/a.py", ""))
    assert "dashboard/views" in fault


# What the browser is sent


def test_the_page_needs_nothing_from_elsewhere_and_makes_no_markup_of_text():
    assert layers.fetched_or_unsafe(ROOT) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.js", 'fetch("https://example.com/x")'),
        ("a.js", 'import x from "//cdn.example.com/x.js" // a comment'),
        ("a.css", "a { background: url(http://example.com/a.png) }"),
        ("a.css", '@import "theme.css";'),
        ("a.js", "node.innerHTML = word"),
        ("a.js", "eval(code)"),
    ],
)
def test_an_address_elsewhere_or_markup_is_found(tmp_path, name, text):
    assert len(layers.fetched_or_unsafe(plant(tmp_path, f"dashboard/components/{name}", text))) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "a.js",
            "// https://example.com\n/* https://example.com, innerHTML */ node.textContent = word",
        ),
        ("a.js", 'document.createElementNS("http://www.w3.org/2000/svg", "svg")'),
        ("a.css", "/* https://example.com */ a { color: var(--st-text-color) }"),
    ],
)
def test_comments_and_namespaces_pass(tmp_path, name, text):
    assert layers.fetched_or_unsafe(plant(tmp_path, f"dashboard/components/{name}", text)) == []
