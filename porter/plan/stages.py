"""The stages of a port, in their order, and how finely a series of patches divides them."""

from __future__ import annotations

INIT, TYPES, STATE, DECLARE = STAGES = ("init", "types", "state", "declare")
SPLITS = ("stage", "type", "file")
