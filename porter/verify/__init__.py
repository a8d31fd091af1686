"""The port proven: build, load, behave, stress, residue. This room runs code of the tree it is given; no other does."""

from porter.verify.model import Evidence, Residue, SeriesStep, Verification, Verifications, VerifyOptions
from porter.verify.series import verify_series, write_proof
from porter.verify.text import render_series, render_text
from porter.verify.verification import verify

__all__ = [
    *("Evidence", "Residue", "SeriesStep", "Verification", "Verifications", "VerifyOptions"),
    *("render_series", "render_text", "verify", "verify_series", "write_proof"),
]
