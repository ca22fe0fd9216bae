"""The one score that training looks at."""

from __future__ import annotations


def f1(right: int, got: int, wanted: int) -> float:
    """Harmonic mean of precision and recall, 0 where there is nothing."""
    return round(2 * right / (got + wanted), 4) if got + wanted else 0.0
