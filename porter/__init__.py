"""porter: make C extensions of Python safe to load in many interpreters of one process."""

__version__ = "0.1.0"
