"""How long something takes beside something else: ratios in one run, for a machine may be slow or busy."""

from __future__ import annotations

import time
from collections.abc import Callable


def quickest(work: Callable[[], object], times: int = 3) -> float:
    """Seconds of the quickest of some runs; the work must not come from a cache."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def ordinary(length: int) -> str:
    """A report of so many characters, with numbers, places and tolls, beside which a hostile text is measured."""
    sentence = "At least 12 people were killed and between 20 and 30 wounded in Mosul, Iraq, on Monday. "
    return (sentence * (length // len(sentence) + 1))[:length]
