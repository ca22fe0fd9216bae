"""What was committed of late, without loading it: so that who stays knows when to look again, and how soon."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable
from pathlib import Path

from detente.store.tables import StoreError, Tables, quoted

#: Runs of a person, who looks at once for what became of them; others add, and do not stop.
DEEDS = ("correct", "forget")
# Nanoseconds for which the time of a folder may stand still while it changes: a tick of a slow kernel is 10 ms.
_TICK = 50_000_000
_ATTEMPTS = 20  # of a look while another process compacts


class Watch:
    """The last run of a store, ``run``, when that was, ``time`` (microseconds since 1970), and the last that is a person's deed,
    ``deed`` (each 0: none), as of the last `look`."""

    def __init__(self, folder: Path) -> None:
        self.run = self.deed = self.time = 0
        self._tables = Tables(folder)
        self._log = folder / "runs" / "_delta_log"
        self._read: set[str] = set()
        self._time = -1

    def look(self) -> None:
        """See what was committed; takes microseconds if nothing was. Raises StoreError if that cannot be told."""
        try:
            changed = self._log.stat().st_mtime_ns
        except OSError as error:
            raise StoreError(f"the store cannot be read: {error}") from error
        if changed == self._time:
            return
        self._tables.refresh("runs")
        for _ in range(_ATTEMPTS):
            files = set(self._tables.files("runs"))
            run, deed, time_ = self._newest(files - self._read)
            self._tables.refresh("runs")
            if set(self._tables.files("runs")) == files:  # else another process compacts, and some may have vanished
                break
        self._read = files
        self.run, self.deed, self.time = max(self.run, run), max(self.deed, deed), max(self.time, time_)
        # What is committed within the same tick would not be seen.
        self._time = changed if time.time_ns() - changed > _TICK else -1

    @staticmethod
    def _newest(files: Iterable[str]) -> tuple[int, int, int]:
        """The last run, the last deed and the last time in files; those that cannot be read are left out, as whoever loads the rows does,
        and tells."""
        import duckdb

        kinds = ", ".join(f"'{kind}'" for kind in DEEDS)
        asked = f"coalesce(max(run), 0), coalesce(max(run) FILTER (kind IN ({kinds})), 0), coalesce(max(time), 0)"
        newest = (0, 0, 0)
        with duckdb.connect(":memory:") as db:
            for file in files:
                with contextlib.suppress(duckdb.Error):
                    run, deed, at = (
                        db.execute(f"SELECT {asked} FROM read_parquet({quoted([file])})").fetchone() or newest
                    )
                    newest = max(newest[0], run), max(newest[1], deed), max(newest[2], at)
        return newest
