"""Words around a date that are no part of it: prepositions, "early" and "late", the time of day."""

from __future__ import annotations

import re
from collections.abc import Callable

from detente.resolve.date_rules import WEEKDAYS

_HOUR = r"(?:\d{1,2}[:.]\d\d(?::\d\d)?(?: ?(?:am|pm|hours|hrs))?|\d{1,2} ?(?:am|pm|o'clock)|\d{3,4} ?(?:gmt|utc|hours|hrs|local time))"
_ZONE = r"(?:gmt|utc|est|edt|cet|bst|local time|[a-z]+ time)"
_TIME_OF_DAY = r"(?:morning|afternoon|evening|night|nightfall|dawn|noon|midday|midnight|dusk|daybreak|sunrise|sunset|daytime|lunchtime|overnight)"
_LEADING = (
    r"on|in|at|by|during|around|about|circa|ca|roughly|approximately|nearly|almost|exactly|precisely|as of|as early as|as late as|"
    r"as recently as|no later than|not later than|no earlier than|just|only|some|more than|less than|over|under|at least|at most|"
    r"well into|throughout|all through|of|for|and|dated|back in|within|it was|from|starting|beginning|sometime|some time|"
    r"a mere|a full|all(?= (?:week|day|night|month|year|spring|summer|autumn|fall|winter))|the (?:entire|whole)|entire|whole|most of|up to|towards?|into|effective|the year|the date of|the month of|month of|the"
)


def _taken_off(pattern: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)
    return lambda phrase: compiled.sub("", phrase, count=1)


_OUTER: tuple[Callable[[str], str], ...] = tuple(
    _taken_off(pattern)
    for pattern in (
        rf"^(?:{_LEADING}) (?=\S)",
        rf"^(?:{WEEKDAYS},? )?(?:early |late )?(?:in )?(?:the )?(?:early |late |wee |small )?(?:{_TIME_OF_DAY}(?: hours)?|hours),? (?:of|on) ",
        rf"^(?:at |around |about |by |after |before |shortly |just |until )*{_TIME_OF_DAY},? (?:on |of )?(?=[a-z]|\d)",
        rf"^{WEEKDAYS} {_TIME_OF_DAY},? (?=[a-z]|\d)",
        rf"^(?:at |around |about |by |after |before |shortly |just )*{_HOUR}(?: {_ZONE})?(?: \([^)]*\))?,?(?: (?:on|of))? (?=[a-z(])",
        rf",? (?:at |around |about |shortly |just |before |after )*(?:\d{{1,2}}[:.]\d\d(?::\d\d)?|\d{{1,2}} ?(?:am|pm))(?: ?(?:am|pm))?(?: {_ZONE})?$",
        rf",? (?:early |late |in the |at |before |after |around |that |the |last )*{_TIME_OF_DAY}(?: hours)?$",
        rf"(?<=[a-z0-9]) {_ZONE}$",
        r",? (?:alone|itself|onwards?|forward|so far|early|late|local|inclusive|at the latest|at the earliest)$",
    )
)


def stripped(phrase: str) -> str:
    """Without one layer of outer words: prepositions, "early" and "late", the time of day."""
    for strip in _OUTER:
        shorter = strip(phrase).strip(" ,")
        if shorter != phrase:
            return shorter
    return phrase
