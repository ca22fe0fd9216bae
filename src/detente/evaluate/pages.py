"""How well articles are taken out of pages: words, dateline, publication date, source (article-extraction-benchmark, 91 pages).

The benchmark has the text only. What the other three are judged by: the dateline that its text begins with; the day in the page's
address (2019/11/18), where it has one; the publisher's domain. They say what is right of the pages that have them, not of all.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from detente.errors import ExamError, InputError
from detente.link import origins
from detente.model.coder import Coder
from detente.read import html
from detente.read.dateline import dateline

_WORD = re.compile(r"\w+")
_DAY = re.compile(r"(?<!\d)(20[01]\d|202\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_WORST = 5


def run(paths: Sequence[Path], coder: Coder | None = None) -> dict[str, Any]:
    """Token F1 of the text (mean over pages, multiset of words), and the share of right datelines, days and sources."""
    right: dict[str, list[bool]] = {"dateline right": [], "publication day right": [], "source right": []}
    scores: list[tuple[float, str]] = []
    for page in _pages(paths[0]):
        url, wanted = page["url"], page["articleBody"]
        try:
            found = html.read(page["html"].encode("utf-8", "replace"), url)
        except InputError:
            scores.append((0.0, url))
            continue
        scores.append((_f1(found.text, wanted), url))
        expected, given = dateline(wanted), dateline(found.text)
        if expected or given:
            right["dateline right"].append(expected is not None and given is not None and expected.place == given.place)
        if (day := _day(url)) is not None:
            near = abs((date.fromisoformat(found.published[:10]) - day).days) <= 1 if found.published else False
            right["publication day right"].append(near)  # a day off: the address has the editors' zone
        right["source right"].append(_is_source(found.source, url))
    figures = {"token F1": sum(s for s, _ in scores) / len(scores)}
    figures |= {name: sum(of) / len(of) for name, of in right.items() if of}
    counts = [f"{name}: {sum(of)} of {len(of)}" for name, of in right.items()]
    worst = [f"{score:.3f} {url}" for score, url in sorted(scores)[:_WORST]]
    return {"n": len(scores), "figures": figures, "lists": {"how many": counts, "worst pages": worst}}


def _pages(path: Path) -> list[dict[str, Any]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    except (OSError, EOFError, ValueError) as error:
        raise ExamError(f"{path}: cannot be read: {error}") from None


def _f1(found: str, wanted: str) -> float:
    ours, theirs = Counter(_WORD.findall(found.lower())), Counter(_WORD.findall(wanted.lower()))
    both = (ours & theirs).total()
    return 2 * both / (ours.total() + theirs.total()) if both else 0.0


def _day(url: str) -> date | None:
    m = _DAY.search(urlsplit(url).path)
    return date(int(m[1]), int(m[2]), int(m[3])) if m and int(m[3]) <= 28 else None


def _is_source(source: str | None, url: str) -> bool:
    """Whether a source is the domain, or its words or initials stand in the domain ("The New York Times": nytimes.com), or it is the
    agency whose report the page prints."""
    if not source:
        return False
    if origins.agency(f"({source})"):
        return True
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    if source.lower().removeprefix("www.") in host or host in source.lower():
        return True
    words = [
        w
        for w in _WORD.findall(source.lower().replace("'", "").replace("’", ""))
        if w not in ("the", "of", "and", "com")
    ]
    label = re.sub(r"[^a-z0-9]", "", host)
    joined = "".join(words)
    initials = "".join(w[0] for w in words)
    if any(w in re.split(r"[.-]", host) for w in words):
        return True
    return joined in label or (len(initials) > 1 and initials in label) or any(len(w) > 3 and w in label for w in words)
