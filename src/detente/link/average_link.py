"""Agglomerative clustering by mean likeness: the two most alike clusters join as long as their members are alike on average."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def average_link(likeness: NDArray[np.floating], threshold: float) -> list[list[int]]:
    """Clusters of row numbers, each sorted, in order of their first member.

    ``likeness`` [n, n], symmetric, the diagonal is not looked at. Clusters join while the mean likeness between their members is at least
    ``threshold``. Of equal pairs the one with the smallest row numbers joins first, so that the answer is a function of the
    matrix. Time n^2 a join: for components of up to some thousand members.
    """
    n = len(likeness)
    mean = np.array(likeness, dtype=np.float64)
    np.fill_diagonal(mean, -np.inf)
    size = np.ones(n)
    clusters: list[list[int]] = [[i] for i in range(n)]
    while n > 1:
        a, b = divmod(int(mean.argmax()), n)
        if mean[a, b] < threshold:
            break
        a, b = min(a, b), max(a, b)
        joined = (mean[a] * size[a] + mean[b] * size[b]) / (size[a] + size[b])
        joined[a] = -np.inf
        mean[a], mean[:, a] = joined, joined
        mean[b], mean[:, b] = -np.inf, -np.inf
        size[a] += size[b]
        clusters[a] += clusters[b]
        clusters[b] = []
    return [sorted(c) for c in clusters if c]
