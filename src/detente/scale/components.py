"""Connected components as a Spark job: which nodes are joined by edges, whatever lies between them.

The two steps "large star" and "small star" in turn (Kiveris et al., Connected Components in MapReduce and Beyond, 2014): each
joins nodes with the smallest that they know, and keeps the components. A component of any shape becomes a star in some
log² of its size rounds, and no task ever holds one whole.
"""

from __future__ import annotations

from typing import Any

from detente.scale.tables import Tables


def stars(tables: Tables, name: str, edges: Any) -> Any:
    """Of each node of some edges (columns ``a``, ``b``) but the smallest of its component: ``node`` and that ``smallest``."""
    from pyspark.sql import functions as f

    edges = edges.where("a <> b").select(f.greatest("a", "b").alias("a"), f.least("a", "b").alias("b")).distinct()
    now = tables.kept(f"{name}-0", edges)
    turn = 0
    while True:
        turn += 1
        new = tables.kept(f"{name}-{turn}", _small(_large(now)))
        if now.count() == new.count() and not new.subtract(now).limit(1).count():
            return new.select(f.col("a").alias("node"), f.col("b").alias("smallest"))
        now = new


def _large(edges: Any) -> Any:
    """Greater neighbours are joined with the smallest neighbour."""
    from pyspark.sql import functions as f

    both = edges.select("a", "b").union(edges.select(f.col("b").alias("a"), f.col("a").alias("b")))
    least = both.groupBy("a").agg(f.least(f.min("b"), f.col("a")).alias("least"))
    joined = both.join(least, "a").where("b > a")
    return joined.select(f.col("b").alias("a"), f.col("least").alias("b")).where("a <> b").distinct()


def _small(edges: Any) -> Any:
    """Smaller neighbours, and the node itself, are joined with the smallest of them. ``edges``: the greater first."""
    from pyspark.sql import functions as f

    least = edges.groupBy("a").agg(f.min("b").alias("least"))
    joined = edges.join(least, "a")
    moved = joined.where("b <> least").select(f.col("b").alias("a"), f.col("least").alias("b"))
    return moved.union(least.select("a", f.col("least").alias("b"))).distinct()
