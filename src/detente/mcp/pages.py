"""Answers in pieces of bounded size; what is left over is asked for with a cursor (`detente.store.cursors`)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

#: Characters of JSON that the items of one answer may take, with their evidence: about 4,000 tokens, which leaves a model room.
MOST = 16_000


def page(items: Iterable[dict[str, Any]], limit: int, most: int = MOST) -> tuple[list[dict[str, Any]], bool]:
    """The first of the items, at most ``limit`` and of ``most`` characters of JSON (but one at least), and whether there are more."""
    waiting: Iterator[dict[str, Any]] = iter(items)
    chosen: list[dict[str, Any]] = []
    taken = 0
    for item in islice(waiting, limit):
        size = len(json.dumps(item, ensure_ascii=False))
        if chosen and taken + size > most:
            return chosen, True
        chosen.append(item)
        taken += size
    return chosen, next(waiting, None) is not None
