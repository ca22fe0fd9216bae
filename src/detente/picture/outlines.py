"""Outlines of countries for maps (`outlines.tsv`, Natural Earth, public domain; made by `build_outlines`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from detente.knowledge.tables import read_table

FILE = Path(__file__).parent / "outlines.tsv"
UNIT = 0.02  # degrees

#: Longitude and latitude in degrees, the first point not repeated at the end.
Ring = tuple[tuple[float, float], ...]


@cache
def outlines() -> dict[str, tuple[Ring, ...]]:
    """The rings of each country by code, the largest first; "-": land that has no code.

    Raises KnowledgeError if the table is missing or malformed.
    """
    lines: dict[int, Ring] = {}
    found: dict[str, tuple[Ring, ...]] = {}
    for kind, key, value in read_table(FILE, ("kind", "key", "value")):
        if kind == "line":
            lines[int(key)] = _points(value)
        else:
            rings = (_ring(lines, words.split(" ")) for words in value.split(";"))
            found[key] = tuple(ring for ring in rings if len(ring) > 2)  # rounding leaves two points of a rock
    return found


def _points(steps: str) -> Ring:
    x = y = 0
    found = []
    for step in steps.split(" "):
        dx, _, dy = step.partition(",")
        x, y = x + int(dx), y + int(dy)
        found.append((x * UNIT, y * UNIT))
    return tuple(found)


def _ring(lines: dict[int, Ring], names: list[str]) -> Ring:
    found: list[tuple[float, float]] = []
    for name in names:
        line = lines[int(name[1:])][::-1] if name.startswith("~") else lines[int(name)]
        found += line[:-1]  # the next line begins where this one ends
    # Across the line of date Natural Earth's rings were sewn together: they go on beyond 180 degrees.
    turn, before, whole = 0.0, found[0][0], []
    for x, y in found:
        turn += 360.0 if x - before < -180 else -360.0 if x - before > 180 else 0.0
        whole.append((x + turn, y))
        before = x
    return tuple(whole)


@cache
def middle(code: str) -> tuple[float, float] | None:
    """Longitude and latitude of the middle of a country's largest ring (centre of its area); None without an outline."""
    rings = outlines().get(code)
    if not rings:
        return None
    ring = rings[0]
    area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(ring, (*ring[1:], ring[0]), strict=True):
        cross = ax * by - bx * ay
        area, x, y = area + cross, x + (ax + bx) * cross, y + (ay + by) * cross
    return (x / (3 * area), y / (3 * area)) if area else ring[0]
