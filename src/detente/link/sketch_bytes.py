"""The sketch of a report in few bytes, as stores and clusters keep it."""

from __future__ import annotations

import struct

from detente.link.duplicates import Sketch

#: Of a key what is kept: 31 bits find candidates, the sketch itself decides.
SHORT = 0x7FFFFFFF
_HEAD = struct.Struct("<qIBB")
_MOST_TOLD = 255


def to_bytes(sketch: Sketch) -> bytes:
    """A compact form; of more than 255 told sentences those with the smallest numbers."""
    told = sorted(sketch.told)[:_MOST_TOLD]
    head = _HEAD.pack(sketch.exact, min(sketch.length, 0xFFFFFFFF), len(sketch.hashes), len(told))
    return head + struct.pack(f"<{len(sketch.hashes)}H{len(told)}q", *sketch.hashes, *told)


def from_bytes(data: bytes) -> Sketch:
    """The sketch that `to_bytes` wrote."""
    exact, length, hashes, told = _HEAD.unpack_from(data)
    values = struct.unpack_from(f"<{hashes}H{told}q", data, _HEAD.size)
    return Sketch(exact, values[:hashes], frozenset(values[hashes:]), length)
