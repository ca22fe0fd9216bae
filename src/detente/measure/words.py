"""Series and alarms in plain words: templates over types, dates and parties; no text of a report is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from detente.measure.columns import Columns
from detente.measure.records import Reading
from detente.measure.scale import table
from detente.measure.series import Series
from detente.records import Incident, Party

_WEEK = 7


def reading(columns: Columns, series: Series, end: int, busier: float = 1.0) -> Reading:
    """What a series says at the day ``end``: where it goes, what the last week brought, and when the last attack was.

    ``busier``: how much more the press told of other things lately than usual; a rise of that size is none.
    """
    rule = table()["reading"]
    rows = [r for r in series.rows.tolist() if columns.channel[r] >= 0 and columns.placed[r]]
    past = [r for r in rows if columns.channel[r] < 5 and columns.begin[r] <= end]
    if not past:
        return Reading("unknown", f"unknown: no dated incident by {said(end)}")
    at = end - series.first
    fast, slow = float(series.fast[at]), float(series.slow[at])
    if not series.known[at]:
        known = [d for d in range(at, -1, -1) if series.known[d]]
        words = f"unknown: no report on {said(end)}" + (
            f", the last on {said(series.first + known[0])}" if known else ""
        )
        return Reading("unknown", words)
    margin = max(rule["least"], rule["change"] * slow)
    top = float(series.fast[max(0, at - _WEEK) : at + 1].max())
    if fast < slow - margin or (fast < rule["fallen"] * top and top > margin):
        word = "easing"
    elif fast > slow * max(1.0, busier) + margin:
        word = "escalating"
    else:
        word = "quiet" if slow < rule["quiet"] else "steady"
    begin, finish = columns.begin, columns.end
    # What is told of a month happened on some day of it: it says nothing of this week.
    fine = [r for r in past if finish[r] - begin[r] < _WEEK]
    lately = [r for r in fine if finish[r] > end - _WEEK]
    parts = [
        f"{counted(columns.incidents[r] for r in lately)} in the last week"
        if lately
        else "no incident in the last week"
    ]
    attacks = [r for r in fine if columns.incidents[r].type == "ASSAULT"]
    told = list(lately)
    if attacks:
        last = max(attacks, key=lambda r: (min(end, finish[r]), columns.weight[r], -r))
        day = min(end, int(finish[last]))
        parts.append(f"last attack on {said(day)}" if day >= end - 1 else f"no attack since {said(day)}")
        told.append(last)
    if fast > slow + margin and word == "steady":
        parts.append("the whole press tells more than usual")
    ahead = [r for r in rows if columns.channel[r] >= 5 and finish[r] > end]
    if ahead:
        first = min(max(end + 1, int(begin[r])) for r in ahead)
        parts.append(f"planned: {counted(columns.incidents[r] for r in ahead)}, the first on {said(first)}")
        told += ahead
    return Reading(word, f"{word}: {', '.join(parts)}", columns.ids(told))


def said(day: int) -> str:
    """A day in words: "8 January 2020"."""
    at = date.fromordinal(day)
    return f"{at.day} {at:%B} {at.year}"


def iso(day: int) -> str:
    """A day as 2020-01-08."""
    return date.fromordinal(day).isoformat()


def counted(incidents: Iterable[Incident], most: int = 4) -> str:
    """Incidents by type, the most frequent first: "two attacks, one threat"."""
    counts = Counter(i.type for i in incidents)
    shown = sorted(counts, key=lambda t: (-counts[t], t))
    words = [f"{number(counts[t])} {noun(t, counts[t])}" for t in shown[:most]]
    more = sum(counts[t] for t in shown[most:])
    return ", ".join(words) + (f", {number(more)} more" if more else "")


def number(count: int) -> str:
    """Small numbers in words, as the press writes them."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[count] if count < len(words) else str(count)


def noun(type_: str, count: int) -> str:
    """The plain word for a type: "attack", "attacks"."""
    one, several = table()["nouns"][type_]
    return str(one if count == 1 else several)


def line(incident: Incident) -> str:
    """An incident in one line: what, by whom, on whom, where, when, how many were hurt."""
    what = noun(incident.type, 1) + (f" ({'+'.join(incident.modes)})" if incident.modes else "")
    if incident.status != "actual":
        what = f"{incident.status} {what}"
    parts = [what]
    if incident.recipients:
        parts.append(f"by {parties(incident.actors)} on {parties(incident.recipients)}")
    elif incident.actors:
        parts.append(
            f"between {parties(incident.actors)}" if len(incident.actors) > 1 else f"by {parties(incident.actors)}"
        )
    if incident.place is not None and (incident.place.name or incident.place.country):
        parts.append(f"in {incident.place.name or incident.place.country}")
    if incident.date is not None and incident.date.start_date:
        start, end = incident.date.start_date, incident.date.end_date or incident.date.start_date
        parts.append(f"on {start}" if start == end else f"from {start} to {end}")
    tolls = [
        f"{t.low or 0}{'' if t.high == t.low else '+' if t.high is None else f'–{t.high}'} {t.kind}"
        for t in incident.casualties
    ]
    return " ".join(parts) + (f", {', '.join(tolls)}" if tolls else "")


def parties(of: Sequence[Party], most: int = 2) -> str:
    """Names of parties; of many the first and how many more."""
    if not of:
        return "somebody unknown"
    names = [p.name or p.country or "?" for p in of[:most]]
    more = len(of) - len(names)
    return " and ".join(names) + (f" and {more} more" if more else "")
