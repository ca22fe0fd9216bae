"""Which sector the words of a party lean to in their sentence: small networks on the encoder's vectors.

The clues of `detente.resolve.sectors` know the words; these networks know what the encoder made of them ("Palestinians" who fire,
who are shot at, who negotiate). They were taught what the clues leave over (`detente.training.train_sector_reader`), so their
answer is added to the clues' weights. Three networks, begun differently, are averaged.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.errors import ModelError

Floats = NDArray[np.float32]
PARTS = ("project", "project_bias", "inner", "kinds", "sides", "outer", "outer_bias")


class SectorReader:
    """The loaded networks. Raises ModelError if their file is missing or damaged."""

    def __init__(self, path: Path) -> None:
        try:
            with np.load(path) as stored:
                (self._project, project_bias, self._inner, self._kinds, self._sides, self._outer, outer_bias) = (
                    stored[name].astype(np.float32) for name in PARTS
                )
            self._inner_bias = project_bias[:, None] @ self._inner
            self._outer_bias = outer_bias.sum(0)
        except (OSError, KeyError, ValueError) as error:
            raise ModelError(
                f"sector reader {path} cannot be loaded ({error}): reinstall detente, or run `make model`"
            ) from error

    def leanings(self, vectors: Floats, kinds: NDArray[np.int64], sides: NDArray[np.int64]) -> Floats:
        """[parties, sectors] in log-odds, to be added to what the clues weigh.

        ``vectors`` [parties, width]: mean vectors of the word pieces of each party; ``kinds``: index of the event's type in
        `labels.TYPE_LIST`; ``sides``: index of the role in `labels.PARTY_ROLES`.
        """
        # One product a network, narrowed first: of a wide product OpenBLAS makes threads, which take longer than its sums.
        narrow = vectors @ self._project  # [networks, parties, narrow]
        hidden = narrow @ self._inner + (self._inner_bias + self._kinds[:, kinds] + self._sides[:, sides])
        answers: Floats = (np.maximum(hidden, 0.0) @ self._outer).sum(0) + self._outer_bias
        return answers
