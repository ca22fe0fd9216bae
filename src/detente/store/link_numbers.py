"""Ids of incidents and events as the numbers that the index of links keeps them by."""

from __future__ import annotations

import hashlib
import re

from detente.link.duplicates import number

_HASH = re.compile(r"det1-[0-9a-f]{24}")


def incident_name(n: int) -> str:
    """The id of an incident from its number."""
    return f"inc1-{n:016x}"


def incident_number(name: str) -> int:
    """The number of an incident from its id."""
    return int(name.removeprefix("inc1-"), 16)


def event_number(event_id: str) -> int:
    """The number of an event: the first eight bytes of its id mixed with the other four, which `rest_of_id` gives (ids that were
    made up may agree in the first); of an id of another maker its hash."""
    if not _HASH.fullmatch(event_id):
        return number(event_id)
    return _mixed(bytes.fromhex(event_id[5:21]), bytes.fromhex(event_id[21:]))


def rest_of_id(event_id: str) -> bytes | str:
    """What an event's id has beyond its number; an id of another maker as it is."""
    return bytes.fromhex(event_id[21:]) if _HASH.fullmatch(event_id) else event_id


def event_name(n: int, rest: bytes | str) -> str:
    """The id of an event from its number and the rest."""
    if isinstance(rest, str):
        return rest
    first = _mixed(n.to_bytes(8, "big", signed=True), rest).to_bytes(8, "big", signed=True)
    return f"det1-{first.hex()}{rest.hex()}"


def _mixed(first: bytes, rest: bytes) -> int:
    """Done twice it gives the first bytes again."""
    mask = hashlib.blake2b(rest, digest_size=8).digest()
    return int.from_bytes((a ^ b for a, b in zip(first, mask, strict=True)), "big", signed=True)
