"""Date exams: single phrases (NGEC's cases) and time expressions in whole texts (TimeML: WikiWars, TempEval-3).

In both, the words are given and their meaning is asked; finding the words in a text is no part of it.
"""

from __future__ import annotations

import gzip
import html
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date as Date
from pathlib import Path
from typing import Any

from detente.errors import ExamError, RecordError
from detente.model.coder import Coder
from detente.records import When, parse_published
from detente.resolve import calendar
from detente.resolve.calendar import Interval
from detente.resolve.dates import date as resolve
from detente.resolve.dates import is_planned, story

# --- single phrases -----------------------------------------------------------------------------------------------

_UNSCORED = re.compile(r"\b(?:spring|summer|autumn|fall|winter|half)\b", re.I)


def dates(paths: Sequence[Path], coder: Coder | None = None) -> dict[str, Any]:
    """How often a phrase with its publication date gets the gold day, period or refusal (NGEC's test cases).

    A gold without a date is a refusal only if its type is "unresolved" (or its date is just the publication date);
    else, and for seasons and half-years, nothing is scored. An exact day must be met; of an approximate gold ("late
    last year" is 2023-12-31, grain year) the day must lie within the answer, and the grain must be right. An end must
    be met where the gold has one. ``coder`` is not used: no model is asked. Raises ExamError with file and line.
    """
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    missed: list[str] = []
    for path in paths:
        for where, row in _rows(path):
            try:
                span, ref, gold, kind = row["span"], row["ref"], row["date"], row["type"]
                refusal = kind == "unresolved"
                if _UNSCORED.search(span) or (gold is None and not refusal):
                    continue
                found = resolve(span, ref)
                fits = found is None if refusal else found is not None and _fits(row, found)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise ExamError(f'{where}: wants "span", "ref", "date" and "type" of a phrase ({error})') from None
            name = "refused" if refusal else kind or "untyped"
            total[name] += 1
            right[name] += fits
            if not fits:
                missed.append(f"{span} ({ref}): {gold or 'refuse'}, got {_told(found)}")
    n = sum(total.values())
    return {
        "n": n,
        "figures": {
            "right": round(sum(right.values()) / max(1, n), 3),
            "refusals refused": round(right["refused"] / max(1, total["refused"]), 3),
        },
        "by class": {name: round(right[name] / total[name], 3) for name in sorted(total)},
        "confusions": missed,
    }


def _fits(row: dict[str, Any], found: When) -> bool:
    gold = interval(row["date"])
    if gold is None:
        raise ValueError(f"{row['date']!r} is no date")
    grain, kind = row.get("granularity"), row["type"]
    if kind == "exact" and grain and gold.first and gold.granularity == "day":  # the quarter of 2023-04-01
        gold = calendar.unit_around(gold.first, grain, 0) or gold
    if grain and kind != "range" and grain != found.granularity:
        return False
    first, last = (Date.fromisoformat(d) if d else None for d in (found.start_date, found.end_date))
    if kind == "range":
        end = interval(row["end"]) if row.get("end") else None
        return first == gold.first and (end is None or last == end.last)
    if kind == "exact" or gold.granularity != "day":
        return (first, last) == (gold.first, gold.last)
    return bool(first and last and gold.first and first <= gold.first <= last)


def _told(found: When | None) -> str:
    return f"{found.start_date}/{found.end_date} {found.granularity}" if found else "nothing"


# --- expressions in texts ------------------------------------------------------------------------------------------

_TIMEX = re.compile(r"<TIMEX3\b([^<>]*)>(.*?)</TIMEX3>", re.S)
_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_TAG = re.compile(r"<[^<>]*>")
_SENTENCE_END = re.compile(r"[.?!]\s|\n\s*\n")


@dataclass(frozen=True, slots=True)
class Expression:
    """A time expression of a text: its words, the gold TIMEX3 value, and the words of its sentence before it."""

    text: str
    value: str
    kind: str
    before: str


def timex(paths: Sequence[Path], coder: Coder | None = None) -> dict[str, Any]:
    """Value accuracy on TimeML documents with the spans given, all dates before an expression resolved by us.

    Scored: expressions of type DATE and TIME whose gold value is a day (with or without a time), week, month, quarter,
    season, year, decade or century after Christ. Right: the same first and last day. Not scored: durations, sets,
    PRESENT_REF and its like, values with unknown parts ("2012-XX-XX", "1943-07-XX"), half-years, years before Christ
    (a record has none; counted aside). A winter counts under both years that it touches: TimeML does not say which.
    Documents whose values are no TIMEX3 values, or all the document's own date, are left out and counted (half of the
    stored TempEval-3 platinum). ``coder`` is not used. Raises ExamError with file and line.
    """
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    skipped = ancient = 0
    missed: list[str] = []
    for path in paths:
        for where, row in _rows(path):
            published, expressions = _document(row, where)
            if published is None or not expressions or all(e.value[:10] == published for e in expressions):
                skipped += 1
                continue
            answers = story([e.text for e in expressions], published, [is_planned(e.before) for e in expressions])
            for expression, found in zip(expressions, answers, strict=True):
                ancient += expression.value.startswith("BC") and "X" not in expression.value
                gold = interval(expression.value) if expression.kind in ("DATE", "TIME") else None
                if gold is None:
                    continue
                total[gold.granularity] += 1
                if found and _same(gold, found):
                    right[gold.granularity] += 1
                else:
                    missed.append(f"{row['name']}: {expression.text!r} is {expression.value}, got {_told(found)}")
    n = sum(total.values())
    return {
        "n": n,
        "figures": {"value accuracy": round(sum(right.values()) / max(1, n), 3)},
        "by class": {name: round(right[name] / total[name], 3) for name in sorted(total)},
        "left out": {"documents without sound values": skipped, "before Christ": ancient},
        "confusions": missed,
    }


def _document(row: Any, where: str) -> tuple[str | None, list[Expression]]:
    """Day of publication (None if the document's own date is no ISO date) and the expressions in order."""
    if not isinstance(row, dict) or not isinstance(row.get("tml"), str) or not isinstance(row.get("name"), str):
        raise ExamError(f'{where}: wants "name" and "tml", a TimeML document')
    text = row["tml"]
    published: str | None = None
    expressions: list[Expression] = []
    for m in _TIMEX.finditer(text):
        attributes = dict(_ATTRIBUTE.findall(m[1]))
        value = attributes.get("value", "")
        if attributes.get("functionInDocument") == "CREATION_TIME":
            try:
                published = (parse_published(value) or "")[:10] or None
            except RecordError:
                return None, []
            continue
        before = _TAG.sub(
            "", text[max(0, m.start() - 600) : m.start()].partition(">")[2] if m.start() > 600 else text[: m.start()]
        )
        sentence = html.unescape(_SENTENCE_END.split(before)[-1])
        words = " ".join(html.unescape(_TAG.sub("", m[2])).split())
        expressions.append(Expression(words, value, attributes.get("type", "DATE"), sentence))
    if not expressions and published is None:
        raise ExamError(f"{where}: {row['name']} has no TIMEX3: is it TimeML?")
    return published, expressions


_SEASONS = {"SP": "spring", "SU": "summer", "FA": "autumn", "AU": "autumn", "WI": "winter"}


def interval(value: str) -> Interval | None:
    """A TIMEX3 value as first and last day; None for one that is no calendar date (P3D, PRESENT_REF, 2012-XX-XX)."""
    value = value.split("T")[0] if re.match(r"\d{4}-", value) else value
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return calendar.day(Date.fromisoformat(value))
        if m := re.fullmatch(r"(\d{4})-(\d\d)", value):
            return calendar.month(int(m[1]), int(m[2]))
        if m := re.fullmatch(r"(\d{4})-W(\d\d)(?:-(\d))?", value):
            start = Date.fromisocalendar(int(m[1]), int(m[2]), int(m[3] or 1))
            return calendar.day(start) if m[3] else calendar.week(start)
        if m := re.fullmatch(r"(\d{4})-(SP|SU|FA|AU|WI)", value):
            return calendar.season(int(m[1]), _SEASONS[m[2]])
        if m := re.fullmatch(r"(\d{4})-Q([1-4])", value):
            return calendar.quarter(int(m[1]), int(m[2]))
        if re.fullmatch(r"\d{4}", value):
            return calendar.year(int(value))
        if re.fullmatch(r"\d{3}", value):
            return calendar.decade(10 * int(value))
        if re.fullmatch(r"\d\d", value):
            return calendar.century(int(value) + 1)
    except ValueError:
        return None
    return None


def _same(gold: Interval, found: When) -> bool:
    told = (found.start_date, found.end_date)
    if gold.first and gold.last and told == (gold.first.isoformat(), gold.last.isoformat()):
        return True
    if gold.granularity != "season" or not gold.first or gold.first.month != 12:
        return False
    before = calendar.season(gold.first.year - 1, "winter")
    return bool(before.first and before.last) and told == (before.first.isoformat(), before.last.isoformat())  # type: ignore[union-attr]


# --- reading -----------------------------------------------------------------------------------------------------


def _rows(path: Path) -> Iterator[tuple[str, Any]]:
    """(file:line, JSON value) of each line, plain or gzipped."""
    try:
        data = path.read_bytes()
        text = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode("utf-8")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise ExamError(f"{path}: cannot be read: {error}") from None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            yield f"{path}:{number}", json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise ExamError(f"{path}:{number}: is no JSON: {error}") from None
