"""What the workers of test_pool.py do; a module of its own, for workers import it by name."""

from __future__ import annotations

import os
import time
from collections.abc import Callable


def doubler() -> Callable[[list[object], Callable[[], None]], list[object]]:
    """Doubles numbers; some items make trouble."""
    return _double


def broken() -> Callable[[list[object], Callable[[], None]], list[object]]:
    """Cannot be set up."""
    raise ValueError("no such model")


def _double(items: list[object], alive: Callable[[], None]) -> list[object]:
    return [_one(item, alive) for item in items]


def _one(item: object, alive: Callable[[], None]) -> object:
    if item == "hang":
        time.sleep(600)
    elif item == "slow but alive":
        for _ in range(6):
            time.sleep(0.5)
            alive()
    elif item == "die":
        os._exit(3)
    elif item == "raise":
        raise ValueError("cannot be doubled")
    elif item == "print":
        print("a library that talks on standard output")
    elif item == "eat":
        bytearray(3_000_000_000)
    return item * 2 if isinstance(item, int) else item
