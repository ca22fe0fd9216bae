"""How degrees become pixels: a map that shows what it must show, of a region or of the world."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Protocol

#: West, south, east, north in degrees; or left, top, width and height in pixels; or left, top, right, bottom.
Box = tuple[float, float, float, float]
Project = Callable[[float, float], tuple[float, float]]

_CENTRE = 10.0  # the meridian in the middle of a map of the world: its edges pass between Asia and America
_LEAST = (26.0, 15.0)  # degrees of longitude and latitude that a map shows at least


class Placed(Protocol):
    """What has a place, in degrees."""

    @property
    def longitude(self) -> float:
        """East of Greenwich."""

    @property
    def latitude(self) -> float:
        """North of the equator."""


def projection(spots: Sequence[Placed], box: Box) -> tuple[Project, Box]:
    """Degrees to pixels for a map that shows the spots, and what it shows: west, south, east, north (degrees, roughly).

    Of less than 100 degrees equirectangular, true at its middle parallel; else Equal Earth (Šavrič, Patterson, Jenny 2018).
    """
    west, east = min(s.longitude for s in spots), max(s.longitude for s in spots)
    south, north = min(s.latitude for s in spots), max(s.latitude for s in spots)
    left, top, wide, high = box
    if east - west > 100:
        return whole_world(box)
    padding = max((east - west) * 0.16, 1.5), max((north - south) * 0.18, 1.2)
    west, east, south, north = west - padding[0], east + padding[0], south - padding[1], north + padding[1]
    middle_x, middle_y = (west + east) / 2, max(-75.0, min(75.0, (south + north) / 2))
    narrow = math.cos(math.radians(middle_y))
    scale = min(wide / (max(east - west, _LEAST[0]) * narrow), high / max(north - south, _LEAST[1]))

    def project(longitude: float, latitude: float) -> tuple[float, float]:
        x = left + wide / 2 + (longitude - middle_x) * narrow * scale
        return x, top + high / 2 - (latitude - middle_y) * scale

    half = wide / 2 / scale / narrow, high / 2 / scale
    return project, (middle_x - half[0], middle_y - half[1], middle_x + half[0], middle_y + half[1])


def whole_world(box: Box) -> tuple[Project, Box]:
    """As `projection`, of the whole world (Equal Earth)."""
    left, top, wide, high = box
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    half = math.sqrt(3) / 2

    def plane(longitude: float, latitude: float) -> tuple[float, float]:
        t = math.asin(half * math.sin(math.radians(latitude)))
        t2 = t * t
        t6 = t2**3
        x = math.radians(longitude) * math.cos(t) / (half * (a1 + 3 * a2 * t2 + t6 * (7 * a3 + 9 * a4 * t2)))
        return x, t * (a1 + a2 * t2 + t6 * (a3 + a4 * t2))

    south, north = plane(0, -56)[1], plane(0, 80)[1]
    scale = min(wide / (2 * plane(180, 0)[0]), high / (north - south))

    def project(longitude: float, latitude: float) -> tuple[float, float]:
        x, y = plane(longitude - _CENTRE + (360 if longitude < _CENTRE - 180 else 0), latitude)
        return left + wide / 2 + x * scale, top + high / 2 - (y - (south + north) / 2) * scale

    return project, (_CENTRE - 180, -90.0, _CENTRE + 180, 90.0)
