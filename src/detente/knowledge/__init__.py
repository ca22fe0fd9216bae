"""What detente knows of the world: countries, named bodies, places. Tables under ``data/``, each with its source and licence."""

#: Named in every event (`coder.knowledge`); a change of any table that changes answers changes this.
VERSION = "2026-11"
