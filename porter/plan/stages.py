"""The stages of a port, in their order, how finely a series of patches divides them, and the operations that are unsafe."""

from __future__ import annotations

INIT, TYPES, STATE, ARGS, DECLARE = STAGES = ("init", "types", "state", "args", "declare")
SPLITS = ("stage", "type", "file")

PUBLIC_TYPES, SINGLETONS, LIBRARIES = OPERATIONS = ("public-type-address", "singleton-address", "library-global-state")
"""What is made only when asked for, each named like the rule whose findings it takes away."""
