"""Agglomerative clustering by mean likeness: the two most alike clusters join as long as their members are alike on average."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.link.told_apart import Bounds, told_apart


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


def average_link_of_pairs(
    n: int, likeness: Mapping[tuple[int, int], float], threshold: float, stated: Sequence[Bounds] = ()
) -> list[list[int]]:
    """As `average_link` for ``n`` rows of which few pairs are alike at all; pairs that are not named are 0.

    ``likeness``: of (smaller, greater) row numbers; minus infinity: never in one cluster. ``threshold`` above 0.
    ``stated``: of each row what it states; clusters that this tells apart stay two. Time about the
    number of pairs times its logarithm.
    """
    near: list[dict[int, float]] = [{} for _ in range(n)]  # sum of the likeness between the members of two clusters
    for (a, b), value in likeness.items():
        near[a][b] = near[b][a] = value
    clusters: list[list[int]] = [[i] for i in range(n)]
    waiting = [(-value, a, b) for (a, b), value in likeness.items() if value >= threshold]
    heapq.heapify(waiting)
    told = list(stated)
    while waiting:
        mean, a, b = heapq.heappop(waiting)
        # An entry of before one of the two grew, or went into another, is stale.
        if b not in near[a] or -mean != near[a][b] / (len(clusters[a]) * len(clusters[b])):
            continue
        if told and told_apart(told[a], told[b]):
            near[a][b] = near[b][a] = -math.inf
            continue
        if told:
            told[a] |= told[b]
        for other, value in near[b].items():
            del near[other][b]
            if other != a:
                near[a][other] = near[other][a] = near[a].get(other, 0.0) + value
        near[b] = {}
        clusters[a] += clusters[b]
        clusters[b] = []
        for other, total in near[a].items():
            mean = total / (len(clusters[a]) * len(clusters[other]))
            if mean >= threshold:
                heapq.heappush(waiting, (-mean, min(a, other), max(a, other)))
    return [sorted(c) for c in clusters if c]
