"""Sides of a dyad: countries, their sectors, groups, people, regions, and groups of the user's own file."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from detente.errors import InputError, RecordError
from detente.measure.columns import Side
from detente.store.names import Who, who

Groups = Mapping[str, tuple[str, ...]]
_CODE = re.compile(r"[A-Z]{3}(?:[:.][A-Z]{3})?")


def own_groups(path: Path) -> dict[str, tuple[str, ...]]:
    """Groups of a TOML file: ``[groups]`` with lines such as ``gulf = ["SAU", "ARE", "Qatar", "Hezbollah"]``.

    Raises InputError for a file that cannot be read, is no TOML, or has no such table.
    """
    try:
        read = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(str(path), error.strerror or "cannot be opened") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"is no TOML: {error}") from None
    groups = read.get("groups")
    if not isinstance(groups, dict) or not groups:
        raise InputError(str(path), 'has no groups: write [groups] and lines such as gulf = ["SAU", "ARE"]')
    for name, members in groups.items():
        if not isinstance(members, list) or not members or not all(isinstance(m, str) and m.strip() for m in members):
            raise InputError(str(path), 'must be a list of countries, groups or people: ["SAU", "ARE"]', name)
    return {name: tuple(members) for name, members in groups.items()}


@cache
def regions() -> dict[str, tuple[str, ...]]:
    """The regions that are known by name, as country codes (`regions.toml`)."""
    read = tomllib.loads(resources.files(__package__).joinpath("regions.toml").read_text("utf-8"))
    return {name: tuple(members.split()) for name, members in read["regions"].items()}


def side(words: str, groups: Groups | None = None) -> Side:
    """Whom words mean: "IRN", "Iran", "IRN.MIL" or "IRN:MIL", "Hezbollah", "Middle East", a name of ``groups``.

    Raises RecordError for a code of a country that is none, with those that are near.
    """
    words = words.strip()
    named = {n.casefold(): m for n, m in {**regions(), **(groups or {})}.items()}
    if members := named.get(words.casefold()):
        return Side(words, tuple(_who(m) for m in members))
    return Side(words.replace(".", ":") if _CODE.fullmatch(words) else words, (_who(words),))


def pair(words: str, groups: Groups | None = None) -> tuple[Side, Side]:
    """The two sides of "IRN-USA", "Hezbollah-ISR", "IRN.MIL-USA", "gulf-IRN". Raises RecordError if it is no pair."""
    cuts = [(words[: m.start()], words[m.end() :]) for m in re.finditer("-", words)]
    cuts = [c for c in cuts if c[0].strip() and c[1].strip()]
    if not cuts:
        raise RecordError(f"{words!r} is no pair: write IRN-USA")
    spaced = [c for c in cuts if c[0].endswith(" ") and c[1].startswith(" ")]
    known = [c for c in cuts if all(_known(s, groups) for s in c)] if len(cuts) > 1 else []
    left, right = (spaced or known or cuts)[0]
    return side(left, groups), side(right, groups)


def _known(words: str, groups: Groups | None) -> bool:
    try:
        return all(w.country or w.entity for w in side(words, groups).members)
    except RecordError:
        return False


def _who(words: str) -> Who:
    return who(words.replace(".", ":") if _CODE.fullmatch(words) else words)


def like(words: str, names: list[str]) -> list[str]:
    """Names of parties that are written much like the words: for "did you mean"."""
    shown = [n.removeprefix("name ") for n in names if not n.startswith("entity ")]
    return difflib.get_close_matches(words.casefold(), shown, 3, 0.75)
