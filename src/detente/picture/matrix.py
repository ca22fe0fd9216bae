"""The matrix of dyads: who acts upon whom, conflict and cooperation as two marks in one cell."""

from __future__ import annotations

from collections import defaultdict

from detente.measure.columns import Columns
from detente.picture.frame import LEFT, WIDE, Picture, empty, footed, headed, named
from detente.picture.marks import halves, key, round_amount
from detente.picture.svg import Drawing, cut

_COLUMNS = ("actor", "recipient", "conflict", "cooperation", "incidents")


def matrix(
    of: Columns, *, source: str = "", when: str = "", most: int = 12, wide: float = WIDE, title: str = "Who does what to whom"
) -> Picture:  # fmt: skip
    """The matrix of the ``most`` busiest actors, and its table (all pairs, the heaviest first).

    Amounts are score points of all days (docs/tension.md): what happened, planned things apart. Clashes and talks without a
    recipient stand in both cells. ``when``: the days, in words.
    """
    pairs: defaultdict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0])
    for a, b, row in of.directed():
        channel = int(of.channel[row])
        if 0 <= channel < 5:
            cell = pairs[a, b]
            cell[0 if channel < 3 else 1] += float(of.weight[row])
            cell[2] += 1
    order = sorted(pairs, key=lambda p: (-pairs[p][0] - pairs[p][1], p))
    rows = tuple((*p, round(pairs[p][0], 6), round(pairs[p][1], 6), int(pairs[p][2])) for p in order)
    if not rows:
        return empty(
            "matrix", title, f"No incident between two known actors {when}".strip() + ".", source, _COLUMNS, wide
        )
    busy: defaultdict[str, float] = defaultdict(float)
    for (a, b), cell in pairs.items():
        busy[a] += cell[0] + cell[1]
        busy[b] += cell[0] + cell[1]
    actors = sorted(busy, key=lambda n: (-busy[n], n))
    left_out = len(actors) - most
    actors = actors[:most]
    shown = {p: c for p, c in pairs.items() if p[0] in actors and p[1] in actors}

    d = Drawing("matrix", wide)
    a, b = order[0]
    said = f"Heaviest: {named(a)} on {named(b)}, {_amounts(pairs[a, b])}."
    said += f" The {most} busiest of {len(busy)} actors." if left_out > 0 else ""
    y = headed(d, title + (f", {when}" if when else ""), said)
    label = 150.0
    size = min(52.0, (wide - 2 * LEFT - label - 60) / len(actors))
    largest = max((max(c[0], c[1]) for c in shown.values()), default=1.0) or 1.0
    unit = (size / 2 - 2) / largest**0.5
    y += 26
    amounts = dict.fromkeys((round_amount(largest / 10), round_amount(largest)))
    key(d, LEFT, y, list(amounts), unit, "points")
    top = y + 92
    left = LEFT + label
    d.text(left - 8, top - 12, "who acts ↓   upon whom →", 10, "soft", at="end")
    for i, actor in enumerate(actors):
        middle = left + (i + 0.5) * size
        d.text(middle - 2, top - 8, cut(named(actor), 11, 88), 11, turned=-40)
        d.text(left - 8, top + (i + 0.5) * size + 4, cut(named(actor), 11.5, label - 12), 11.5, at="end")
        d.rect(left + i * size, top + i * size, size, size, "grid", fill_opacity=0.6)
    end = left + len(actors) * size
    for i in range(len(actors) + 1):
        d.line([(left, top + i * size), (end, top + i * size)], "grid", 0.8)
        d.line([(left + i * size, top), (left + i * size, top + len(actors) * size)], "grid", 0.8)
    for r, actor in enumerate(actors):
        for c, recipient in enumerate(actors):
            if mine := shown.get((actor, recipient)):
                about = f"{named(actor)} on {named(recipient)}: {_amounts(mine)}"
                halves(d, left + (c + 0.5) * size, top + (r + 0.5) * size, mine[0], mine[1], unit, about)
    footed(d, top + len(actors) * size + 10, source)
    return Picture(
        d.written(title, said + " Each cell: conflict on the left, cooperation on the right, areas in score points."),
        _COLUMNS,
        rows,
    )


def _amounts(cell: list[float]) -> str:
    incidents = "one incident" if cell[2] == 1 else f"{cell[2]:.0f} incidents"
    parts = [f"{cell[i]:.0f} points of {what}" for i, what in ((0, "conflict"), (1, "cooperation")) if cell[i]]
    return f"{' and '.join(parts)} in {incidents}"
