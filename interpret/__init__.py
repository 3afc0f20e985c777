"""Looks into a language model: `run = record(model, text)`, then `explain(run, method, target)`."""

from interpret.method import Method, explain, find
from interpret.run import Run, record
from interpret.study import Study, find_studies, study
from interpret.target import Target, every, span

__all__ = [
    "Method", "Run", "Study", "Target", "every", "explain", "find", "find_studies", "record", "span", "study",
]  # fmt: skip
