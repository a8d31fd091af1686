"""Speed before and after, and what many interpreters gain: only where it was asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from porter.verify.climb import Climb
from porter.verify.install import Pip, Shop
from porter.verify.model import Verification
from porter.verify.pay_off import pay_off
from porter.verify.speed import PYPERF, compare_speed


def measured(climb: Climb, proven: Verification, folder: Path, shop: Shop) -> Verification:
    """``proven`` with the ratios and the pay-off that the options ask for, and the evidence of them."""
    if climb.options.speed:
        notes = _install(climb, shop)
        ratios, entry = compare_speed(climb, folder)
        proven = replace(proven, speed=ratios, evidence=(*proven.evidence, entry), notes=(*proven.notes, *notes))
    if climb.options.pay_off:
        paid, entry = pay_off(climb)
        proven = replace(proven, pay_off=paid, evidence=(*proven.evidence, entry))
    return proven


def _install(climb: Climb, shop: Shop) -> tuple[str, ...]:
    """pyperf into both environments; a note where that fails."""
    builds = [build for build in (climb.before, climb.build) if build]
    notes = [Pip(b.python, shop, b.log, b.folder).install_each((PYPERF,), "measure") for b in builds]
    return tuple(dict.fromkeys(note for each in notes for note in each))
