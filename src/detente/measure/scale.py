"""How much an incident weighs, and in which series: PLOVER's scores, and the numbers of `weights.toml`."""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from detente import ontology
from detente.records import Incident, Toll

#: Series that are kept apart; the first three are conflict, the next two cooperation.
CHANNELS = (
    "deeds", "words", "threats", "cooperation_deeds", "cooperation_words", "planned_conflict", "planned_cooperation",
)  # fmt: skip
CONFLICT, COOPERATION = slice(0, 3), slice(3, 5)


@cache
def table() -> dict[str, Any]:
    """The whole of `weights.toml`."""
    return tomllib.loads(resources.files(__package__).joinpath("weights.toml").read_text("utf-8"))


def weigh(incident: Incident) -> tuple[int, float]:
    """The number of the series (of `CHANNELS`; -1: none) that an incident counts in, and its weight, 0 to 20.

    The weight is the size of PLOVER's score of the type and modes, times that of the status, times that of the toll.
    """
    score = ontology.score(incident.type, incident.modes)
    if score == 0.0:
        return -1, 0.0
    weight = abs(score) * toll_factor(incident.casualties)
    if incident.status == "planned":
        return (5 if score < 0 else 6), weight
    weight *= float(table()["statuses"][incident.status])
    if weight == 0.0:
        return -1, 0.0
    deed = ontology.quad(incident.type) in (2, 4)
    if score > 0:
        return (3 if deed else 4), weight
    if incident.type == "THREATEN":
        return 2, weight
    return (0 if deed else 1), weight


def toll_factor(tolls: tuple[Toll, ...]) -> float:
    """1 for nobody hurt, 1.23 for four killed, 2 for 999 or more; of what is disputed the lowest count that somebody tells."""
    rule = table()["toll"]
    lowest = {t.kind: t.low or 0 for t in tolls}
    hurt = lowest.get("killed", 0) + rule["injured"] * lowest.get("injured", 0)
    return float(min(rule["most"], 1 + math.log10(1 + hurt) / rule["decades"]))
