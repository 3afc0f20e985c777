"""Looks into a language model: `run = record(model, text)`, then `explain(run, method, target)`."""

from interpret.method import Method, explain, find
from interpret.run import Run, record
from interpret.target import Target, every, span

__all__ = ["Method", "Run", "Target", "every", "explain", "find", "record", "span"]
