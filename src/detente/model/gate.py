"""A quick look before the encoder: does a sentence report anything at all?

A linear model on word pieces and pairs of neighbouring pieces, learnt from annotations and the teacher's readings
(`detente.training.train_gate`). It is set so low that at most one event in 250 is lost (the model's card has the measured share).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.errors import ModelError

BUCKETS = 1 << 17  # of pairs of pieces


class Gate:
    """The loaded gate. Raises ModelError if its file is missing or damaged."""

    def __init__(self, path: Path) -> None:
        try:
            with np.load(path) as stored:
                self._single = stored["single"].astype(np.float32) * float(stored["single_scale"])
                self._pair = stored["pair"].astype(np.float32) * float(stored["pair_scale"])
                self._bias = float(stored["bias"])
        except (OSError, KeyError, ValueError) as error:
            raise ModelError(
                f"gate {path} cannot be loaded ({error}): reinstall detente, or run `make model`"
            ) from error

    def score(self, ids: Sequence[int]) -> float:
        """Log-odds that a sentence of these pieces ([CLS] and [SEP] included) reports an event."""
        pieces = np.unique(np.asarray(ids, np.int64))
        return float(self._bias + self._single[pieces].sum() + self._pair[pair_buckets(ids)].sum())


def pair_buckets(ids: Sequence[int]) -> NDArray[np.int64]:
    """The buckets of the different neighbouring pairs of pieces."""
    here = np.asarray(ids, np.int64)
    return np.unique((here[:-1] * 1_000_003 + here[1:] * 7_919) % BUCKETS)
