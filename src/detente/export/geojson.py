"""GeoJSON (RFC 7946): a FeatureCollection with one Feature a row, for maps. A row without coordinates has a null geometry."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from detente.export.rows import Member, Row, label, toll
from detente.records import Place

_JOIN = "; "


def write(rows: Iterable[Row], stream: BinaryIO) -> int:
    """Write the collection, one Feature a line, as the rows come; returns how many."""
    stream.write(b'{"type": "FeatureCollection", "features": [')
    count = 0
    for row in rows:
        stream.write(b",\n" if count else b"\n")
        stream.write(dumps(feature(row)))
        count += 1
    stream.write(b"\n]}\n")
    return count


def dumps(value: Any) -> bytes:
    """JSON as UTF-8. Lone surrogates (of a broken JSON escape in a source) cannot be UTF-8: such a value is escaped to ASCII."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False).encode("ascii")


def feature(row: Row) -> dict[str, Any]:
    """One row as a Feature; properties are plain words and numbers, which map programs can filter by."""
    told = row.told
    place = row.place or Place()
    day = row.date
    properties = {
        "type": row.type,
        "modes": _JOIN.join(row.modes),
        "quad": row.quad,
        "score": row.score,
        "status": row.status,
        "actors": _JOIN.join(map(label, row.actors)),
        "actor_countries": _countries(row.actors),
        "recipients": _JOIN.join(map(label, row.recipients)),
        "recipient_countries": _countries(row.recipients),
        "start_date": day.start_date if day else None,
        "end_date": day.end_date if day else None,
        "place": place.name or place.text,
        "place_country": place.country,
        "precision": place.precision,
        "killed": toll(row, "killed"),
        "injured": toll(row, "injured"),
        "reports": row.reports,
        "origins": row.origins,
        "confidence": told.confidence,
        "attribution": told.attribution.text if told.attribution else None,
        "sentence": told.sentence.text,
        "source": told.document.source,
        "published": told.document.published,
        "title": told.document.title,
        "url": told.document.url,
        "document_id": told.document.id,
    }
    return {"type": "Feature", "id": row.id, "geometry": _point(place), "properties": properties}


def _countries(parties: Sequence[Member]) -> str:
    return _JOIN.join(p.country or "---" for p in parties)


def _point(place: Place) -> dict[str, Any] | None:
    """Longitude before latitude, WGS 84."""
    east, north = place.longitude, place.latitude
    if east is None or north is None or not (math.isfinite(east) and math.isfinite(north)):
        return None
    return {"type": "Point", "coordinates": [east, north]}
