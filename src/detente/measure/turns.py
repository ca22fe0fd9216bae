"""Turning points of a crisis: its change points, alarms and peaks, and the first yielding or offer after each peak."""

from __future__ import annotations

from collections.abc import Sequence

from detente.measure.columns import Columns, Floats, Ints
from detente.measure.records import Alarm, Change, TurningPoint
from detente.measure.words import counted, iso, line, said

#: What opens a way out, most telling first.
_OFFERS = ("RETREAT", "CONCEDE", "AGREE", "CONSULT")
_AFTER = 30  # days in which an offer is an answer to a peak


def turning_points(
    columns: Columns, rows: Ints, worse: Floats, days: Ints, changed: Sequence[Change], raised: Sequence[Alarm]
) -> list[TurningPoint]:
    """The timeline, by day. ``worse``: conflict of each known day of ``days``; ``changed``, ``raised``: of the same incidents."""
    found = []
    by_id = {columns.incidents[r].incident_id: r for r in rows.tolist()}
    for one in changed:
        kind = "rise" if one.after > one.before else "fall"
        text = (
            f"conflict {'rises' if kind == 'rise' else 'falls'} from {one.before:.1f} to {one.after:.1f} points a day"
        )
        near = [columns.incidents[by_id[i]] for i in one.incidents if i in by_id]
        found.append(TurningPoint(one.day, kind, text + (f": {counted(near)}" if near else ""), one.incidents))
    for a in raised:
        found.append(TurningPoint(a.raised, "alarm", f"alarm: {a.cause}", a.incidents))
        if a.cleared:
            found.append(TurningPoint(a.cleared, "all-clear", "the alarm is over"))
    ends = [(a.raised, a.cleared or "9999") for a in raised] or ([("", "9999")] if worse.any() else [])
    for first, last in ends:
        inside = [i for i, d in enumerate(days.tolist()) if first <= iso(d) <= last] or [*range(len(days))]
        top = max(inside, key=lambda i: (worse[i], -i))
        found += _peak(columns, rows, int(days[top]), float(worse[top]))
    order = {k: i for i, k in enumerate(("rise", "alarm", "peak", "offer", "fall", "all-clear"))}
    return sorted(set(found), key=lambda t: (t.day, order[t.kind], t.text))


def _peak(columns: Columns, rows: Ints, day: int, height: float) -> list[TurningPoint]:
    on = [r for r in rows.tolist() if 0 <= columns.channel[r] < 3 and day in columns.days_of(r)]
    on.sort(key=lambda r: (-columns.weight[r], r))
    if not on:
        return []
    text = f"peak of {height:.1f} points: {counted(columns.incidents[r] for r in on)}; heaviest: {line(columns.incidents[on[0]])}"
    found = [TurningPoint(iso(day), "peak", text, columns.ids(on))]
    later = [
        (int(columns.begin[r]), _OFFERS.index(columns.incidents[r].type), r)
        for r in rows.tolist()
        if columns.incidents[r].type in _OFFERS and columns.channel[r] in (3, 4) and columns.placed[r]
    ]
    after = sorted(o for o in later if day < o[0] <= day + _AFTER)
    if after:
        at, _, row = after[0]
        found.append(
            TurningPoint(
                iso(at),
                "offer",
                f"first opening after the peak of {said(day)}: {line(columns.incidents[row])}",
                columns.ids([row]),
            )
        )
    return found
