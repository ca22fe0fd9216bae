"""PLOVER JSON lines: the field names of PLOVER's gold standard records, with ours beside them where PLOVER has none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

from detente import ontology
from detente.export.geojson import dumps
from detente.export.rows import Member, Row, sides, toll


def write(rows: Iterable[Row], stream: BinaryIO) -> int:
    """Write one JSON object a line; returns how many."""
    count = 0
    for row in rows:
        stream.write(dumps(record(row)) + b"\n")
        count += 1
    return count


def record(row: Row) -> dict[str, Any]:
    """One row with PLOVER's names. Spans are half-open, in code points of ``text``, the sentence."""
    told = row.told
    base = told.sentence.start
    source, target = sides(row)
    symmetric = not row.recipients and len(row.actors) > 1
    return {
        "id": row.id,
        "date": row.date.start_date if row.date else None,
        "endDate": row.date.end_date if row.date else None,
        "event": row.type,
        "mode": row.modes[0] if row.modes else None,
        "modes": list(row.modes),
        "contexts": list(told.contexts),
        "quad": ontology.QUADS[row.quad],
        "score": row.score,
        "status": row.status,
        "source": [_party(m, base) for m in (row.actors if symmetric else source)],
        "target": [_party(m, base) for m in (() if symmetric else target)],
        "symmetric": symmetric,
        "text": told.sentence.text,
        "eventText": told.trigger.text,
        "eventSpan": [told.trigger.start - base, told.trigger.end - base],
        "eventLoc": _place(row),
        "dead": toll(row, "killed"),
        "injured": toll(row, "injured"),
        "attribution": told.attribution.text if told.attribution else None,
        "confidence": told.confidence,
        "reports": row.reports,
        "origins": row.origins,
        "document": told.document.to_dict(),
        "coder": told.coder.to_dict() if told.coder else None,
    }


def _party(member: Member, base: int) -> dict[str, Any]:
    start, end = getattr(member, "start", None), getattr(member, "end", None)
    return {
        "actorText": getattr(member, "text", None) or member.name,
        "name": member.name,
        "code": member.country or "---",
        "iso": member.country,
        "sector": member.sectors[0] if member.sectors else None,
        "sectors": list(member.sectors),
        "entity": member.entity,
        # A party of a sentence before (what a pronoun stands for) has no span in this one.
        "span": [start - base, end - base] if start is not None and end is not None and start >= base else None,
    }


def _place(row: Row) -> dict[str, Any] | None:
    if row.place is None:
        return None
    keys = ("text", "name", "country", "admin1", "latitude", "longitude", "geonames_id", "precision")
    return {key: getattr(row.place, key) for key in keys}
