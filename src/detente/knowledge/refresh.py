"""Fetches office-holders from Wikidata (CC0) and rebuilds ``offices.tsv`` with them: for a machine with internet, on demand only.

``detente knowledge refresh --cache DIR [--output offices.tsv] [--countries FRA DEU]``: one SPARQL query a country (large
ones in one query time out), at most one request a second, with a user agent that says who asks; a refusal (429) or an error of
the server is waited out and tried again. Answers are kept in ``DIR/YYYY-MM-DD/``, so a run that was broken off goes on where
it stopped. What looks wrong is left out and told (`lints`): labels that are no names, spells that end before they begin, two
holders of an office that one person holds, spells open for longer than anybody stays. Nothing else of the package calls this.
"""

from __future__ import annotations

import itertools
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from detente.errors import KnowledgeError
from detente.knowledge import tables
from detente.knowledge.build_offices import COLUMNS, Row, office, sector, write
from detente.version import __version__

ENDPOINT = "https://query.wikidata.org/sparql"
AGENT = f"detente/{__version__} (political event coder; refresh of office-holders; python-urllib)"
QUERY = """SELECT ?person ?personLabel ?title ?position ?positionLabel ?start ?sp ?end ?ep (GROUP_CONCAT(DISTINCT ?alias; separator="|") AS ?aliases) WHERE {
  ?position wdt:P1001|wdt:P17 wd:%s . ?person p:P39 ?s ; wdt:P31 wd:Q5 . ?s ps:P39 ?position .
  OPTIONAL { ?s pqv:P580 [ wikibase:timeValue ?start ; wikibase:timePrecision ?sp ] }
  OPTIONAL { ?s pqv:P582 [ wikibase:timeValue ?end ; wikibase:timePrecision ?ep ] }
  OPTIONAL { ?page schema:about ?person ; schema:isPartOf <https://en.wikipedia.org/> ; schema:name ?title }
  OPTIONAL { ?person skos:altLabel ?alias FILTER(LANG(?alias) = "en") }
  FILTER(!BOUND(?end) || ?end > "1990-01-01"^^xsd:dateTime)
  SERVICE wikibase:label { bd:serviceParam wikibase:language "en,mul" . ?person rdfs:label ?personLabel . ?position rdfs:label ?positionLabel }
} GROUP BY ?person ?personLabel ?title ?position ?positionLabel ?start ?sp ?end ?ep"""
_PAUSE = 1.0  # seconds between two requests
_TRIES = 6
_FIRST_WAIT = (
    5.0  # seconds before the first retry; each further one waits twice as long, unless the server says how long
)
_LONGEST = 12  # years that a spell may be open before it is taken for one that was never closed (notes 2.5)
_SINGLE = re.compile(r"(?:president|prime minister|chancellor|king|queen|(?:foreign|defence|interior) minister)$")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff][A-Za-z\u00c0-\u024f\u1e00-\u1eff0-9 .,\'’‘ʻʼ()-]*")

Fetch = Callable[[str], tuple[int, Mapping[str, str], bytes]]
Json = dict[str, Any]


def fetch(address: str, contact: str = "") -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body of an address; reaches out. ``contact``: an address that the server's people can write to."""
    agent = f"{AGENT} {contact}".strip()
    request = urllib.request.Request(
        address, headers={"User-Agent": agent, "Accept": "application/sparql-results+json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=90) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), b""


def answers(
    countries: Mapping[str, str],
    cache: Path,
    fetch: Fetch = fetch,
    wait: Callable[[float], None] = time.sleep,
    today: str | None = None,
) -> Iterator[tuple[str, list[Json]]]:
    """The rows of Wikidata's answer for each country (its code to its Wikidata id), from the day's cache where it is there.

    Raises KnowledgeError if the server refuses to the last, or answers with what is no result.
    """
    folder = cache / (today or date.today().isoformat())
    folder.mkdir(parents=True, exist_ok=True)
    asked = False
    for code, item in countries.items():
        kept = folder / f"{code}.json"
        if not kept.exists():
            if asked:
                wait(_PAUSE)
            asked = True
            body = _asked(
                f"{ENDPOINT}?{urllib.parse.urlencode({'query': QUERY % item, 'format': 'json'})}", code, fetch, wait
            )
            part = kept.with_suffix(".part")
            part.write_bytes(body)
            _bindings(body, code)
            part.replace(kept)
        yield code, _bindings(kept.read_bytes(), code)


def _asked(address: str, code: str, fetch: Fetch, wait: Callable[[float], None]) -> bytes:
    pause, status = _FIRST_WAIT, 0
    for _ in range(_TRIES):
        try:
            status, headers, body = fetch(address)
        except OSError as error:
            status, headers, body = 0, {}, b""
            if isinstance(error, urllib.error.URLError) and "name" in str(error).lower():
                raise KnowledgeError(f"{ENDPOINT} cannot be reached ({error}): refresh needs the internet") from error
        if status == 200:
            return body
        if status not in (0, 429, 500, 502, 503, 504):
            break
        told = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
        wait(float(told) if told.isdigit() else pause)
        pause *= 2
    raise KnowledgeError(
        f"{ENDPOINT} gave no answer for {code} (last status {status}): try again later, what was fetched is kept"
    )


def _bindings(body: bytes, code: str) -> list[Json]:
    try:
        return [{k: v["value"] for k, v in row.items()} for row in json.loads(body)["results"]["bindings"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KnowledgeError(f"the answer for {code} is no SPARQL result: {error}") from None


def rows(code: str, found: Iterable[Json]) -> Iterator[Row]:
    """The spells of one country. A day is given as exactly as Wikidata knows it (precision 9 year, 10 month, 11 day)."""
    for row in found:
        first, last = _date(row.get("start"), row.get("sp")), _date(row.get("end"), row.get("ep"))
        position = row.get("positionLabel", "")
        if first and position and not re.match(r"Q\d+$", position):
            aliases = tuple(
                a for a in dict.fromkeys(row.get("aliases", "").split("|")) if a and " " in a and _LATIN.fullmatch(a)
            )
            item = row.get("person", "").rsplit("/", 1)[-1]
            # A label may be vandalised where the title of the article is not.
            name = _plain(row.get("title") or row.get("personLabel", ""))
            yield Row(name, aliases, code, sector(position), office(_own(position)), first, last, 0, "Wikidata", item)


def _plain(title: str) -> str:
    return re.sub(r"\s*\([^)]*\)$", "", title)


def _own(position: str) -> str:
    """An office without the name of its country: "Minister of Foreign Affairs of Iran"."""
    return (
        re.sub(r" (?:of|in) (?:the )?(?:[A-Z][\w-]+ ?){1,5}$", "", position)
        if " of " in position[9:] or "President" in position
        else position
    )


def _date(told: str | None, precision: str | None) -> str:
    found = re.match(r"\+?(\d{4})-(\d\d)-(\d\d)", told or "")
    if not found:
        return ""
    return "-".join(found.groups()[: {"9": 1, "10": 2}.get(precision or "11", 3)])


def lints(
    found: Sequence[Row], labels: Mapping[str, str] | None = None, today: str | None = None
) -> Iterator[tuple[Row, str]]:
    """Rows that look wrong, with what is wrong: these are left out.

    ``labels``: Wikidata's label by id; where the title of the English article has no word in common with it, one was changed.
    """
    now = today or date.today().isoformat()
    holders: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in found:
        label = (labels or {}).get(row.entity, "")
        if not _LATIN.fullmatch(row.name) or re.match(r"Q\d+$", row.name):
            yield row, "the name is none in Latin letters"
        elif label and not (
            {w.lower() for w in re.findall(r"\w+", tables.unaccented(label))}
            & {w.lower() for w in re.findall(r"\w+", tables.unaccented(row.name))}
        ):
            yield row, f"the label {label!r} differs from the title of the article"
        elif row.last and row.last < row.first:
            yield row, "ends before it begins"
        elif not row.last and int(now[:4]) - int(row.first[:4]) > _LONGEST:
            yield row, f"open for more than {_LONGEST} years"
        elif _SINGLE.match(row.office):
            holders[row.country, row.office].append(row)
    for same in holders.values():
        same.sort(key=lambda r: tables.day(r.first))
        for earlier, later in itertools.pairwise(same):
            if not earlier.last and tables.day(later.first) > tables.day(earlier.first) and earlier.name != later.name:
                yield earlier, f"open though {later.name} follows on {later.first}"


def refresh(
    countries: Mapping[str, str],
    cache: Path,
    known: Sequence[Row] = (),
    fetch: Fetch = fetch,
    wait: Callable[[float], None] = time.sleep,
    today: str | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Row]:
    """The known rows that an editor wrote, and Wikidata's of the countries asked for; of the others the known ones stay."""
    fresh: list[Row] = []
    for code, found in answers(countries, cache, fetch, wait, today):
        mine = list(dict.fromkeys(rows(code, found)))
        labels = {r["person"].rsplit("/", 1)[-1]: r.get("personLabel", "") for r in found if "person" in r}
        wrong = dict(lints(mine, labels, today))
        for row, why in wrong.items():
            tell(f"{code}: {row.name}, {row.office} from {row.first}: {why}; left out")
        fresh += [row for row in mine if row not in wrong]
        tell(f"{code}: {len(mine) - len(wrong)} spells")
    stays = [r for r in known if "own" in r.source or r.country not in countries]
    have = {(r.country, tables.unaccented(r.name), r.office, r.first[:7]) for r in stays}
    seen = {(r.country, tables.unaccented(r.name)): r.mentions for r in known}
    return stays + [
        replace(r, mentions=seen.get((r.country, tables.unaccented(r.name)), 0))
        for r in fresh
        if (r.country, tables.unaccented(r.name), r.office, r.first[:7]) not in have
    ]


def shipped(path: Path = tables.DATA / "offices.tsv") -> list[Row]:
    """The rows of a table of offices."""
    return [
        Row(
            name,
            tuple(a for a in aliases.split("|") if a),
            country,
            sector_,
            office_,
            first,
            last,
            int(mentions),
            source,
            item,
        )
        for name, aliases, country, sector_, office_, first, last, mentions, source, item in tables.read_table(
            path, COLUMNS
        )
    ]


def items() -> dict[str, str]:
    """Wikidata ids of the countries, by code."""
    columns = ("code", "iso2", "isonumeric", "cow", "gw", "fips", "wikidata")
    return {code: item for code, *_, item in tables.read_table(tables.DATA / "codes.tsv", columns) if item}


def rebuild(
    cache: Path, out: Path, countries: Sequence[str] = (), contact: str = "", tell: Callable[[str], None] = print
) -> int:
    """Fetch the office-holders of ``countries`` (codes; all if none) and write the table ``out``, with a manifest beside the cache.

    Gives how many spells it has. Raises KnowledgeError for a code that is no country's, or if Wikidata cannot be reached.
    """
    known = items()
    if unknown := set(countries) - known.keys():
        raise KnowledgeError(f"no country of that code: {', '.join(sorted(unknown))}")
    wanted = {code: known[code] for code in countries or known}
    found = refresh(wanted, cache, shipped(), partial(fetch, contact=contact), tell=tell)
    write(found, out)
    manifest = {
        "date": date.today().isoformat(),
        "endpoint": ENDPOINT,
        "query": QUERY,
        "countries": sorted(wanted),
        "spells": len(found),
    }
    (cache / "manifest.json").write_text(json.dumps(manifest, indent=1), "utf-8")
    return len(found)
