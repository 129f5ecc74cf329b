"""The spec as data: read it, validate it, find a way through it."""

from .reading import Problem, Spec, SpecError, dangling, examples, load, parse, problems, todos

__all__ = ["Problem", "Spec", "SpecError", "dangling", "examples", "load", "parse", "problems", "todos"]
