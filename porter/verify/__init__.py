"""The port proven: build, load, behave, stress, residue. This room runs code of the tree it is given; no other does."""

from porter.verify.model import Evidence, Residue, Verification, Verifications, VerifyOptions
from porter.verify.text import render_text
from porter.verify.verification import verify

__all__ = ["Evidence", "Residue", "Verification", "Verifications", "VerifyOptions", "render_text", "verify"]
