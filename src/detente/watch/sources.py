"""sources.toml: what is watched, how often, and how many reports a day are to be expected of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from detente.errors import InputError
from detente.read.entries import address

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_TEXTS = ("auto", "page", "feed")
_SHORTEST = 10.0  # seconds between two polls; nobody's news is faster


@dataclass(frozen=True, slots=True)
class Source:
    """``every``: seconds between polls; ``text``: where reports are taken from: the "page" of an entry, the "feed" itself, or "auto"
    (the feed where it holds the text, else the page); ``fewest``, ``most``: new reports in a day, fewer or more of which is told."""

    name: str
    url: str
    every: float = 900.0
    text: str = "auto"
    fewest: int = 0
    most: int = 2000


def read_sources(path: Path) -> list[Source]:
    """The sources of a file. Raises InputError that names the entry and what is wrong with it."""
    try:
        values = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise InputError(str(path), error.strerror or "cannot be read") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"is not TOML: {error}") from None
    listed, common = values.get("source"), values.get("defaults", {})
    if not isinstance(listed, list) or not listed or not isinstance(common, dict):
        raise InputError(str(path), 'names no source: write [[source]] with name = "…" and url = "https://…"')
    found: dict[str, Source] = {}
    for number, one in enumerate(listed, 1):
        source = _source({**common, **one} if isinstance(one, dict) else {}, f"{path}: source {number}")
        if source.name in found:
            raise InputError(f"{path}: source {number}", f"the name {source.name!r} is there twice", "name")
        found[source.name] = source
    return list(found.values())


def _source(given: Mapping[str, Any], place: str) -> Source:
    known = {f.name for f in fields(Source)}
    if unknown := sorted(set(given) - known):
        raise InputError(place, f"{unknown[0]!r} is not known; known are {', '.join(sorted(known))}", unknown[0])
    url = address(given.get("url"))
    if url is None:
        raise InputError(place, f"url must be an address of http or https, not {given.get('url')!r}", "url")
    name = given.get("name", url)
    if not isinstance(name, str) or not name.strip() or not name.isprintable():
        raise InputError(place, "name must be printable text", "name")
    text = given.get("text", "auto")
    if text not in _TEXTS:
        raise InputError(place, f"text must be {', '.join(_TEXTS)}, not {text!r}", "text")
    counts = {k: given.get(k, getattr(_DEFAULT, k)) for k in ("fewest", "most")}
    for key, value in counts.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < (key == "most"):
            raise InputError(place, f"{key} must be a whole number of reports a day, not {value!r}", key)
    if counts["fewest"] > counts["most"]:
        raise InputError(place, "fewest is more than most", "fewest")
    return Source(name, url, _seconds(given.get("every", "15m"), place), text, counts["fewest"], counts["most"])


_DEFAULT = Source("", "")


def _seconds(value: object, place: str) -> float:
    m = re.fullmatch(r"(\d{1,6})\s*([smhd])", value.strip()) if isinstance(value, str) else None
    seconds = float(m[1]) * _UNITS[m[2]] if m else 0.0
    if seconds < _SHORTEST:
        raise InputError(place, f'every must be a time such as "15m", "2h", at least 10 s, not {value!r}', "every")
    return seconds
