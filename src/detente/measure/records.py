"""What measuring gives: points of a series, a reading in words, alarms, changes, turning points."""

from __future__ import annotations

from dataclasses import dataclass, field

from detente.records import Record


@dataclass(frozen=True, slots=True)
class Point(Record):
    """One day, week or month of a series. Values are score points a day (PLOVER's scale, docs/tension.md); None in a gap.

    ``day``, ``until``: first and last day, ISO. ``conflict``: ``deeds`` + ``words`` + ``threats``; never netted with
    ``cooperation``. ``level``: slow average of conflict (half-life 14 days) on the last day that is known; ``fast``: 2 days;
    ``direction``: fast minus slow, above 0 is worse; ``low`` to ``high``: 90 % bootstrap interval of the level.
    ``n``: incidents placed in it; ``incidents``: their ids, heaviest first. ``reports``, ``origins``: coverage a known day of the
    whole store, ``days``: days that are known. ``gap``: no report at all, so nothing is known.
    """

    day: str
    until: str
    conflict: float | None = None
    deeds: float | None = None
    words: float | None = None
    threats: float | None = None
    cooperation: float | None = None
    cooperation_deeds: float | None = None
    cooperation_words: float | None = None
    planned_conflict: float | None = None
    planned_cooperation: float | None = None
    level: float | None = None
    fast: float | None = None
    direction: float | None = None
    low: float | None = None
    high: float | None = None
    cooperation_level: float | None = None
    cooperation_direction: float | None = None
    n: int = 0
    reports: float = 0.0
    origins: float = 0.0
    days: int = 0
    gap: bool = False
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading(Record):
    """A series in words. ``word``: escalating, easing, steady, quiet, or unknown. ``incidents``: what the words tell of."""

    word: str
    text: str
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tension(Record):
    """A dyad, or what filters ask for. ``points``: both directions together, an incident counted once; ``directions``: each
    alone ("IRN>USA"), none for a roll-up. ``unplaced``: incidents without a day that is fine and recent enough."""

    dyad: str
    a: str | None
    b: str | None
    every: str
    points: tuple[Point, ...] = ()
    directions: dict[str, tuple[Point, ...]] = field(default_factory=dict)
    reading: Reading = Reading("unknown", "")
    unplaced: int = 0


@dataclass(frozen=True, slots=True)
class Alarm(Record):
    """A surge of conflict. ``raised``, ``cleared`` (None: it stands), ``peak``: ISO days; ``surge``: z at the peak (docs/tension.md).

    ``conflict``: score points in the seven days up to the peak; ``usual``: in seven usual days. ``cause``: in words, from
    ``incidents``, the heaviest first.
    """

    dyad: str
    a: str
    b: str
    raised: str
    cleared: str | None
    peak: str
    surge: float
    conflict: float
    usual: float
    cause: str
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change(Record):
    """The mean conflict changed on a day (PELT; of a rise the first unusual day): score points a day ``before`` and ``after``, between the changes beside it."""

    day: str
    before: float
    after: float
    incidents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TurningPoint(Record):
    """A day of a crisis that an analyst would name. ``kind``: rise, fall, alarm, all-clear, peak, offer."""

    day: str
    kind: str
    text: str
    incidents: tuple[str, ...] = ()
