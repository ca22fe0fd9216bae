"""Scores of clusterings against a reference: B-cubed, MUC, CEAF-e, and their mean (CoNLL F1).

Bagga and Baldwin 1998 (B-cubed), Vilain et al. 1995 (MUC), Luo 2005 (CEAF with the entity-based similarity phi 4),
Pradhan et al. 2012 (the mean of the three). Both sides are partitions of the same mentions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass

import numpy as np

Clustering = Collection[Collection[Hashable]]


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their harmonic mean, 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def _where(clusters: Clustering) -> dict[Hashable, int]:
    return {m: i for i, cluster in enumerate(clusters) for m in cluster}


def _overlaps(gold: Clustering, given: Clustering) -> dict[tuple[int, int], int]:
    at, counts = _where(given), defaultdict[tuple[int, int], int](int)
    for i, cluster in enumerate(gold):
        for mention in cluster:
            if mention in at:
                counts[i, at[mention]] += 1
    return counts


def b_cubed(gold: Clustering, given: Clustering) -> Score:
    """Mean over mentions of the share of the given cluster (precision) and of the gold cluster (recall) that is right."""
    gold_sizes, given_sizes = [len(c) for c in gold], [len(c) for c in given]
    precision = recall = 0.0
    for (i, j), n in _overlaps(gold, given).items():
        precision += n * n / given_sizes[j]
        recall += n * n / gold_sizes[i]
    return Score(precision / max(1, sum(given_sizes)), recall / max(1, sum(gold_sizes)))


def muc(gold: Clustering, given: Clustering) -> Score:
    """Links that are kept: of each cluster its size less the number of parts that the other side cuts it into."""
    return Score(_links(given, gold), _links(gold, given))


def _links(of: Clustering, by: Clustering) -> float:
    at = _where(by)
    kept = whole = 0
    for cluster in of:
        parts = {at.get(m, (m,)) for m in cluster}
        kept += len(cluster) - len(parts)
        whole += len(cluster) - 1
    return kept / whole if whole else 0.0


def ceaf_e(gold: Clustering, given: Clustering) -> Score:
    """The best one-to-one matching of clusters by 2 |both| / (|gold| + |given|)."""
    gold_sizes, given_sizes = [len(c) for c in gold], [len(c) for c in given]
    likeness = {(i, j): 2 * n / (gold_sizes[i] + given_sizes[j]) for (i, j), n in _overlaps(gold, given).items()}
    total = sum(_best(part) for part in _parts(likeness))
    return Score(total / max(1, len(given_sizes)), total / max(1, len(gold_sizes)))


def conll(gold: Clustering, given: Clustering) -> float:
    """Mean F1 of MUC, B-cubed and CEAF-e."""
    return (muc(gold, given).f1 + b_cubed(gold, given).f1 + ceaf_e(gold, given).f1) / 3


def _parts(likeness: dict[tuple[int, int], float]) -> Iterable[dict[tuple[int, int], float]]:
    """The overlaps cut into connected parts, which can be matched one by one."""
    rows, columns = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for i, j in likeness:
        rows[i].append(j)
        columns[j].append(i)
    seen: set[int] = set()
    for start in rows:
        if start in seen:
            continue
        part, waiting = {}, [start]
        seen.add(start)
        while waiting:
            i = waiting.pop()
            for j in rows[i]:
                part[i, j] = likeness[i, j]
                for k in columns[j]:
                    if k not in seen:
                        seen.add(k)
                        waiting.append(k)
        yield part


def _best(part: dict[tuple[int, int], float]) -> float:
    """The greatest sum of a one-to-one matching: Hungarian algorithm with potentials (Kuhn 1955; rows added one by one)."""
    rows, columns = sorted({i for i, _ in part}), sorted({j for _, j in part})
    if len(rows) > len(columns):
        return _best({(j, i): v for (i, j), v in part.items()})
    if len(rows) == 1:
        return max(part.values())
    cost = np.zeros((len(rows) + 1, len(columns) + 1))
    for (i, j), value in part.items():
        cost[rows.index(i) + 1, columns.index(j) + 1] = -value
    u, v = np.zeros(len(rows) + 1), np.zeros(len(columns) + 1)
    match = np.zeros(len(columns) + 1, dtype=int)  # of each column its row; column 0 holds the row that is being placed
    for row in range(1, len(rows) + 1):
        match[0], at = row, 0
        slack = np.full(len(columns) + 1, np.inf)
        came = np.zeros(len(columns) + 1, dtype=int)
        used = np.zeros(len(columns) + 1, dtype=bool)
        while match[at]:
            used[at] = True
            reduced = cost[match[at]] - u[match[at]] - v
            closer = ~used & (reduced < slack)
            closer[0] = False
            slack[closer], came[closer] = reduced[closer], at
            free = np.where(used, np.inf, slack)
            free[0] = np.inf
            nearest = int(free.argmin())
            step = free[nearest]
            u[match[used]] += step
            v[used] -= step
            slack[~used] -= step
            at = nearest
        while at:
            match[at], at = match[came[at]], int(came[at])
    return float(-sum(cost[match[j], j] for j in range(1, len(columns) + 1) if match[j]))
