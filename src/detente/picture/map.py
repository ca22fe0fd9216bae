"""The map: incidents by place, as exact as the place is known. A town is a mark, a province or a sea a dashed ring, a country
a tint with its number: never a pin where nothing is known."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from detente.measure.columns import Columns
from detente.picture.frame import LEFT, WIDE, Picture, empty, footed, headed, named
from detente.picture.marks import halves, key
from detente.picture.outlines import Ring, middle, outlines
from detente.picture.projection import Box, Project, projection, whole_world
from detente.picture.svg import Drawing, through, width
from detente.records import Incident, Place

_COLUMNS = ("place", "country", "latitude", "longitude", "precision", "conflict", "cooperation", "incidents")
_POINTS = frozenset({"city", "site"})
_LABELS, _UNIT, _LARGEST, _COVER = 9, 7.0, 24.0, 9.0
#: Kilometres around the middle of an area that is known no better.
_AROUND = {"admin1": 90.0, "region": 220.0, "water": 220.0}


@dataclass(slots=True)
class Spot:
    """Incidents of one place: how many of conflict and of cooperation."""

    name: str
    country: str | None
    latitude: float
    longitude: float
    precision: str
    conflict: int = 0
    cooperation: int = 0
    incidents: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Both."""
        return self.conflict + self.cooperation


def map_of(
    of: Columns, rows: Iterable[int] | None = None, *, source: str = "", when: str = "", wide: float = WIDE, high: float = 400,
    title: str = "Where it happened", legend: bool = True,
) -> Picture:  # fmt: skip
    """The map of incidents that happened, and its table (a row a place). ``rows``: of ``of``, else all; ``high``: of the map."""
    chosen = [r for r in (range(len(of)) if rows is None else rows) if 0 <= of.channel[r] < 5]
    spots = spots_of((of.incidents[r], int(of.channel[r]) < 3) for r in chosen)
    table = tuple(
        (s.name, s.country, s.latitude, s.longitude, s.precision, s.conflict, s.cooperation, s.count) for s in spots
    )
    nowhere = len(chosen) - sum(s.count for s in spots)
    missing = f" {nowhere} without a known place." if nowhere else ""
    if not spots:
        return empty("map", title, f"No incident with a known place.{missing}", source, _COLUMNS, wide)
    d = Drawing("map", wide)
    placed = len(chosen) - nowhere
    words = ("one incident" if placed == 1 else f"{placed} incidents") + " at "
    words += "one place" if len(spots) == 1 else f"{len(spots)} places"
    words = f"{words[:1].upper()}{words[1:]}{f', {when}' if when else ''}.{missing}"
    points = clusters(
        [s for s in spots if s.precision in _POINTS], projection(spots, (LEFT, 0, wide - 2 * LEFT, high))[0]
    )
    most = max((max(s.conflict, s.cooperation) for s in points), default=1)
    unit = min(_UNIT, _LARGEST / math.sqrt(most))
    top = headed(d, title, words)
    top += max(22.0, 10 + 2 * unit * math.sqrt(most)) if legend else 2
    box = (LEFT, top, wide - 2 * LEFT, high)
    project, seen = projection(spots, box)
    countries = {s.country: s for s in spots if s.precision == "country" and s.country and s.country in outlines()}
    areas = [s for s in spots if s.precision in _AROUND or (s.precision == "country" and s.country not in countries)]
    if legend:
        _legend(d, top - max(11.0, 5 + unit * math.sqrt(most)) + 3.5, most, unit, bool(points))
    d.opened(*box)
    d.rect(*box, "paper")
    _land(d, project, seen, box, countries)
    for s in areas:
        x, y = project(s.longitude, s.latitude)
        _, edge = project(s.longitude, s.latitude + _AROUND.get(s.precision, 120.0) / 111.2)
        r = max(10.0, abs(y - edge))
        d.group(_about(s))
        d.circle(x, y, r, "ink", fill_opacity=0.04)
        d.ring(x, y, r, "ink", 1.1, stroke_dasharray="4 3")
        d.closed()
    taken: list[Box] = []
    for s in sorted(points, key=lambda s: (-s.count, s.name)):
        x, y = project(s.longitude, s.latitude)
        r = halves(d, x, y, s.conflict, s.cooperation, unit, _about(s))
        taken.append((x - r, y - r, x + r, y + r))
    _labels(d, project, [*points, *areas], list(countries.values()), taken, box, unit)
    _neighbours(d, project, seen, taken, countries, box)
    d.closed()
    d.rect(*box, "paper", fill_opacity=0, stroke="#b9b9b4", stroke_width=0.8)
    footed(d, top + high + 4, f"{source} Outlines: Natural Earth, de facto borders.".strip())
    heaviest = "; ".join(_about(s) for s in spots[:5])
    return Picture(d.written(title or "Map", f"{words} {heaviest}."), _COLUMNS, table)


def _legend(d: Drawing, y: float, most: int, unit: float, marks: bool) -> None:
    if marks:
        key(d, LEFT, y, sorted({1.0, float(most)}), unit, "incidents")
    x = d.wide - LEFT - 268
    d.ring(x, y - 3.5, 6, "ink", 1, stroke_dasharray="3 2")
    d.text(x + 11, y, "somewhere in this area", 10.5)
    for i in range(3):
        d.rect(x + 138 + 11 * i, y - 8.5, 11, 10, f"tint-{i + 1}", stroke="#b9b9b4", stroke_width=0.6)
    d.text(x + 175, y, "only country known", 10.5)


def clusters(spots: Sequence[Spot], project: Project) -> list[Spot]:
    """Spots whose marks would cover each other, drawn as one at the busiest of them: "Baghdad +3"."""
    found: list[tuple[float, float, list[Spot]]] = []
    # What of `found` is in each square of the side `_COVER`.
    squares: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for s in sorted(spots, key=lambda s: (-s.count, s.name, s.latitude, s.longitude)):
        x, y = project(s.longitude, s.latitude)
        column, row = math.floor(x / _COVER), math.floor(y / _COVER)
        around = (n for i in (-1, 0, 1) for j in (-1, 0, 1) for n in squares.get((column + i, row + j), ()))
        near = min((n for n in around if (found[n][0] - x) ** 2 + (found[n][1] - y) ** 2 < _COVER**2), default=None)
        if near is not None:
            found[near][2].append(s)
        else:
            squares[column, row].append(len(found))
            found.append((x, y, [s]))
    return [_joined(together) for _, _, together in found]


def _joined(spots: Sequence[Spot]) -> Spot:
    first = spots[0]
    if len(spots) == 1:
        return first
    conflict, cooperation = sum(s.conflict for s in spots), sum(s.cooperation for s in spots)
    name = f"{_short(first.name)} +{len(spots) - 1}"
    return Spot(name, first.country, first.latitude, first.longitude, first.precision, conflict, cooperation)


def _short(name: str) -> str:
    return name if len(name) <= 32 else name[:31] + "…"


def spots_of(incidents: Iterable[tuple[Incident, bool]]) -> list[Spot]:
    """Places with how many incidents (each with whether it is conflict), the most first."""
    found: dict[tuple[str, float, float], Spot] = {}
    for incident, conflict in incidents:
        at = incident.place and _point(incident.place)
        if not at or incident.place is None:
            continue
        precision = incident.place.precision or "country"
        place = (precision in _POINTS, round(at[0], 1), round(at[1], 1))
        name = incident.place.name or named(incident.place.country or "?")
        spot = found.setdefault(
            (str(place[0]) + (incident.place.country or "") * (precision == "country"), place[1], place[2]),
            Spot(name, incident.place.country, round(at[0], 4), round(at[1], 4), precision),
        )
        spot.conflict += conflict
        spot.cooperation += not conflict
        spot.incidents.append(incident.incident_id)
    return sorted(found.values(), key=lambda s: (-s.count, s.name, s.latitude, s.longitude))


def _point(place: Place) -> tuple[float, float] | None:
    if place.precision == "country" and place.country and (at := middle(place.country)):
        return at[1], at[0]
    if place.latitude is None or place.longitude is None:
        return None
    if not (-90 <= place.latitude <= 90 and -180 <= place.longitude <= 180):
        return None
    return place.latitude, place.longitude


def _about(s: Spot) -> str:
    parts = [f"{s.conflict} of conflict"] * bool(s.conflict) + [f"{s.cooperation} of cooperation"] * bool(s.cooperation)
    where = s.name if s.precision in _POINTS else f"somewhere in {s.name}"
    return f"{where}: {', '.join(parts)}"


def _land(
    d: Drawing, project: Project, seen: Box, box: Box,
    countries: dict[str, Spot],
) -> None:  # fmt: skip
    west, _, east, _ = seen
    most = max((s.count for s in countries.values()), default=0)
    world = east - west >= 360
    if world:
        d.moved(0.0, box[1])
        paths = _world(box[0], box[2], box[3])
    else:
        paths = _paths(project, seen)
    for code, path in paths.items():
        kind = "land"
        if code in countries:
            share = countries[code].count / most
            kind = f"tint-{3 if share > 0.5 else 2 if share > 0.15 else 1}"
        d.path(path, kind, stroke="#b9b9b4", stroke_width=0.7)
    if world:
        d.closed()


@lru_cache(maxsize=16)
def _world(left: float, wide: float, high: float) -> dict[str, str]:
    """The countries of a map of the world whose upper edge is at 0: maps of one size differ in nothing but that."""
    return _paths(*whole_world((left, 0.0, wide, high)))


def _paths(project: Project, seen: Box) -> dict[str, str]:
    """The outline of each country that is seen, in the order of the codes."""
    west, south, east, north = seen
    found: dict[str, str] = {}

    def visible(ring: Ring) -> list[float]:
        """By how many degrees a ring must be moved to be seen: the earth is round."""
        longitudes, latitudes = [p[0] for p in ring], [p[1] for p in ring]
        if min(latitudes) > north or max(latitudes) < south:
            return []
        low, high = min(longitudes), max(longitudes)
        if east - west >= 360:
            middle_ = (low + high) / 2
            return [360.0 if middle_ < west else -360.0 if middle_ > east else 0.0]
        return [turn for turn in (-360.0, 0.0, 360.0) if low + turn <= east and high + turn >= west]

    for code, rings in sorted(outlines().items()):
        drawn = [
            through(_thinned([project(x + turn, y) for x, y in ring]), close=True)
            for ring in rings
            for turn in visible(ring)
        ]
        if drawn:
            found[code] = "".join(drawn)
    return found


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Without points that lie within a third of a pixel of the one before."""
    kept = points[:1]
    for p in points[1:]:
        if abs(p[0] - kept[-1][0]) + abs(p[1] - kept[-1][1]) > 0.35:
            kept.append(p)
    return kept


def _labels(
    d: Drawing, project: Project, spots: Sequence[Spot], countries: Sequence[Spot], taken: list[Box], box: Box, unit: float,
) -> None:  # fmt: skip
    """Names where they do not cover one another: countries that are tinted with their number, then the busiest places."""

    def radius(s: Spot) -> float:
        return unit * math.sqrt(max(s.conflict, s.cooperation))

    for s in sorted(countries, key=lambda s: (-s.count, s.name))[: 2 * _LABELS]:
        x, y = project(s.longitude, s.latitude)
        words = f"{named(s.country or s.name)}: {s.count}"
        w = width(words, 11.5)
        for down in (0.0, 16.0, -16.0, 32.0, -32.0, 48.0, -48.0):
            spot = (x - w / 2, y + down - 9, x + w / 2, y + down + 4)
            if _free(spot, taken, box):
                taken.append(spot)
                d.text(x, y + down, words, 11.5, at="middle", bold=True, halo=True)
                break
    for s in sorted(spots, key=lambda s: (-s.count, s.name))[:_LABELS]:
        x, y = project(s.longitude, s.latitude)
        r = 3 + radius(s) if s.precision in _POINTS else 12.0
        words = _short(s.name)
        w = width(words, 10.5)
        for at, tx, ty in (
            ("start", x + r, y + 4),
            ("end", x - r, y + 4),
            ("middle", x, y - r - 2),
            ("middle", x, y + r + 9),
        ):
            begin = tx if at == "start" else tx - w if at == "end" else tx - w / 2
            spot = (begin, ty - 9, begin + w, ty + 3)
            if _free(spot, taken, box):
                taken.append(spot)
                d.text(tx, ty, words, 10.5, at=at, halo=True)
                break


def _neighbours(
    d: Drawing, project: Project, seen: Box, taken: list[Box], countries: dict[str, Spot], box: Box
) -> None:  # fmt: skip
    """The names of the countries around, where there is room: a map without them says little."""
    for code, rings in sorted(outlines().items()):
        at = middle(code)
        if (
            code in countries
            or code == "-"
            or at is None
            or not (seen[0] < at[0] < seen[2] and seen[1] < at[1] < seen[3])
        ):
            continue
        longitudes, latitudes = [p[0] for p in rings[0]], [p[1] for p in rings[0]]
        (left, low), (right, high) = project(min(longitudes), min(latitudes)), project(max(longitudes), max(latitudes))
        x, y = project(*at)
        words = named(code)
        w = width(words, 10)
        spot = (x - w / 2, y - 8, x + w / 2, y + 3)
        if w < (right - left) * 0.8 and low - high > 18 and _free(spot, taken, box):
            taken.append(spot)
            d.text(x, y, words, 10, "soft", at="middle")


def _free(spot: Box, taken: Iterable[Box], box: Box) -> bool:
    inside = spot[0] >= box[0] and spot[1] >= box[1] and spot[2] <= box[0] + box[2] and spot[3] <= box[1] + box[3]
    return inside and all(spot[2] < t[0] or spot[0] > t[2] or spot[3] < t[1] or spot[1] > t[3] for t in taken)
