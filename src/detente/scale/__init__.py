"""From one laptop to a cluster: the same `detente.pipeline.code` in a pool of processes, or in the tasks of a Spark job."""

from detente.scale.local import outcomes

__all__ = ["outcomes"]
