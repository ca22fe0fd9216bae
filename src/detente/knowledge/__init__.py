"""What detente knows of the world: countries, named bodies, places. Tables under ``data/``, each with its source and licence."""

from detente.knowledge.own import own_mark, use_actors

__all__ = ["VERSION", "use_actors", "version"]


#: Named in every event (`coder.knowledge`); a change of any table that changes answers changes this.
VERSION = "2026-11l"


def version() -> str:
    """`VERSION`, and a mark of the user's own table of actors while one is in use: its rows change answers too."""
    own = own_mark()
    return f"{VERSION}+{own}" if own else VERSION
