"""The actor cases of NGEC's own test suite: a phrase, sometimes a date, and the country and sector it must give."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from detente.errors import ExamError
from detente.model.coder import Coder
from detente.resolve import actor

#: Codes of that suite that are written otherwise here (CODEBOOK.md section 3).
_COUNTRIES = {"XKX": "KOS"}
_SECTORS = {"HLH": "MED"}
#: Codes that CODEBOOK.md does not have: cases that ask for them are not scored on the sector.
_UNSCORED = frozenset({"JNK", "BUD", "NGO", "COL", "????"})


def actors(paths: Sequence[Path], coder: Coder | None = None) -> dict[str, Any]:
    """The share of cases with country and sector both as wanted, of all and of those that name a day.

    A case counts if it asserts a country, a sector, or that there is no answer, and if its own suite runs it. An empty
    country or sector means that there must be none; "none" is right where the answer has neither.
    """
    n: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong: list[str] = []
    for case in (c for path in paths for c in _read(path)):
        want = case["expect"]
        found = actor(case["text"], context=case["context"] or None, date=case["as_of"])
        country = (found.country if found else None) or ""
        sectors = found.sectors if found else ()
        if "self" in want:
            good = not country and not sectors
            kind = "no answer"
        else:
            named = _COUNTRIES.get(want.get("country", ""), want.get("country", ""))
            sector = _SECTORS.get(want.get("sector", ""), want.get("sector", ""))
            good = "country" not in want or named == country
            if "sector" in want and sector not in _UNSCORED:
                good &= (sector in sectors[:1] if sector else not sectors) or (sector in sectors and "sector2" in want)
            kind = "no country" if not named else "country"
        for name in ("all", "dated" if case["date"] != "today" else "undated", kind):
            n[name] += 1
            right[name] += good
        if not good:
            wrong.append(f"{case['text']!r} {case['as_of']}: {want}, not {country or None} {'+'.join(sectors) or None}")
    share = {k: round(right[k] / n[k], 3) for k in sorted(n)}
    return {
        "n": n["all"],
        "figures": {
            "country and sector right": share["all"],
            "country and sector right, dated": share.get("dated", 0.0),
        },
        "by class": share,
        "wrong": wrong,
    }


def _read(path: Path) -> Iterator[dict[str, Any]]:
    """The cases that assert something of the answer. Raises ExamError for a line that is none."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            case = json.loads(line)
            case["text"], case["context"], case["date"], case["as_of"]
            asserts = {"country", "sector", "self"} & set(case["expect"])
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ExamError(f"{path}:{number}: is no actor case: {error}") from None
        if asserts and case.get("status", "active") not in ("skip", "xfail"):
            yield case
