"""Which names of a table other texts know: the second source that a row of one's own knowledge needs.

A name counts where its words stand in a text, accents and dots aside. What is counted is in how many texts, and when.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from detente.knowledge.tables import Entry, Names, unaccented

Seen = dict[str, list[tuple[str, frozenset[str]]]]


def texts(paths: Iterable[Path]) -> Iterator[tuple[str, str, list[str]]]:
    """(day or "", text, names linked or cited beside it) of each record of gzipped JSON-lines files."""
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as stream:
            for row in map(json.loads, stream):
                text = row.get("text") or " ".join(row.get("tokens") or ())
                if text.isupper() or sum(c.isupper() for c in text) > 0.6 * sum(c.isalpha() for c in text):
                    text = text.title()  # telex
                yield str(row.get("date") or row.get("published") or "")[:10], _plain(text), list(_beside(row))


def _beside(row: Mapping[str, Any]) -> Iterator[str]:
    """Titles linked from a record, and the names and addresses of the outlets that it cites."""
    for link in row.get("links") or ():
        yield _plain(link[1])
    for cited in row.get("sources") or ():
        if isinstance(cited, list):
            yield _plain(str(cited[0]))
            yield str(cited[-1])


def _plain(text: str) -> str:
    return unaccented(text).replace("’", "'")


def seen(names: Iterable[str], paths: Iterable[Path], countries: Names | None = None, cited: bool = True) -> Seen:
    """For each name the texts that have it: the day, and the codes of the countries named in the same text.

    ``cited``: also where a text links or cites it; addresses write everything small.
    """
    table = Names()
    for name in names:
        table.add(_plain(name), Entry("attested", name, ""))
    found: Seen = defaultdict(list)
    for day, text, told in texts(paths):
        beside = told if cited else []
        hits = {e.name for part in (text, *beside) for m in table.find(part) for e in m.entries}
        if hits:
            named = (
                frozenset(m.entries[0].country for part in (text, *beside) for m in countries.find(part))
                if countries
                else frozenset()
            )
            for name in hits:
                found[name].append((day, named))
    return dict(found)
