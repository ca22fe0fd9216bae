"""The double mark of pictures: a half disc of conflict on the left, one of cooperation on the right; areas tell how much."""

from __future__ import annotations

import math
from collections.abc import Sequence

from detente.picture.svg import Drawing, number, width


def halves(d: Drawing, x: float, y: float, conflict: float, cooperation: float, unit: float, about: str = "") -> float:
    """Draw both; ``unit``: pixels of radius for an amount of 1 (radius = unit * sqrt(amount)); returns the larger radius."""
    if about:
        d.group(about)
    radii = [unit * math.sqrt(max(0.0, v)) for v in (conflict, cooperation)]
    for r, sweep, kind in ((radii[0], 0, "conflict-deeds"), (radii[1], 1, "cooperation-words")):
        if r <= 0:
            continue
        r = max(1.6, r)
        half = f"M{number(x)} {number(y - r)}A{number(r)} {number(r)} 0 0 {sweep} {number(x)} {number(y + r)}Z"
        d.path(half, kind, stroke="#1b1b1b", stroke_width=0.8, fill_opacity=0.9)
    if about:
        d.closed()
    return max(radii)


def key(d: Drawing, x: float, y: float, amounts: Sequence[float], unit: float, of: str) -> None:
    """The legend in one row: which half is which, and how large ``amounts`` are; ``of``: what is counted."""
    halves(d, x + 8, y - 3.5, 1.0, 0.0, 6.5)
    d.text(x + 14, y, "conflict", 10.5)
    halves(d, x + 74, y - 3.5, 0.0, 1.0, 6.5)
    d.text(x + 86, y, "cooperation", 10.5)
    x += 168
    for value in amounts:
        r = unit * math.sqrt(value)
        d.ring(x + r, y - 3.5, r, "soft", 0.9)
        words = f"{value:g} {of if value != 1 else of.removesuffix('s')}"
        d.text(x + 2 * r + 4, y, words, 10.5, "soft")
        x += 2 * r + 18 + width(words, 10.5)


def round_amount(value: float) -> float:
    """Rounded down to 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return max(s * power for s in (1, 2, 5) if s * power <= value + 1e-9)
