"""Score coded events against annotated reports (the reference format of docs/evaluation.md).

Matching is one to one inside a sentence, overlapping triggers first. Events of status "generic" are ignored on both
sides; an optional reference event is neither rewarded nor punished. The figures: event (a trigger in the right
sentence), quad, type, type+modes, type+actor (countries), type+dyad (countries of actors and recipients), full (also
status, and the date where the reference dates the event from its sentence). Then, of the events whose type is right,
the share of right status, spans, countries, sectors, place, date, attribution and casualties.
"""

from __future__ import annotations

import calendar
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente import ontology, pipeline
from detente.errors import ExamError, RecordError
from detente.records import Document

if TYPE_CHECKING:
    from detente.model.coder import Coder

Json = Mapping[str, Any]
# Types with fewer reference events say little alone: they stay out of the macro mean.
_ENOUGH = 3


def evaluate(gold: Path, events: Path | None = None, coder: Coder | None = None) -> dict[str, Any]:
    """Figures of ``events`` (JSONL of event records), or of detente's own coding of ``gold``, against ``gold``.

    Raises ExamError if a file is missing or a line of it is not what it must be (with its number).
    """
    reference = read_reference(gold)
    return score(
        reference, code_reference(gold, reference, coder) if events is None else _lines(events, ("document", "type"))
    )


def read_reference(gold: Path) -> list[Json]:
    """The annotated reports of a file. Raises ExamError if it is missing, empty, or a line is not what it must be."""
    reference = list(_lines(gold, ("id", "text", "sentences", "events")))
    if not reference:
        raise ExamError(f"{gold} is empty: it must hold one annotated report a line (docs/evaluation.md)")
    return reference


def code_reference(gold: Path, reference: Iterable[Json], coder: Coder | None = None) -> Iterator[Json]:
    """detente's own events of the reports of ``gold``, as JSON records."""
    # Not `code`: that one codes with the shipped model alone.
    outcomes = pipeline.outcomes(_documents(gold, reference), coder=coder)
    return (e.to_dict() for outcome in outcomes for e in outcome.events)


def score(reference: Iterable[Json], coded: Iterable[Json]) -> dict[str, Any]:
    """The figures of coded events (JSON records) against reference reports."""
    got: dict[str, list[Json]] = defaultdict(list)
    for e in coded:
        got[str(e["document"]["id"])].append(e)
    hits: Counter[str] = Counter()
    wanted: Counter[str] = Counter()
    given: Counter[str] = Counter()
    right: Counter[str] = Counter()
    tally = _Tally()
    confusions: Counter[tuple[str, str]] = Counter()
    for report in reference:
        ours = [_Placed(e, report["sentences"]) for e in got.get(str(report["id"]), []) if e.get("status") != "generic"]
        theirs = [e for e in report["events"] if e["status"] != "generic"]
        ours = _without_optional(theirs, ours, report.get("optional", []))
        wanted.update(e["type"] for e in theirs)
        given.update(o.event["type"] for o in ours)
        for name, same in KEYS.items():
            hits[name] += len(_match(theirs, ours, same))
        confusions.update(
            (theirs[i]["type"], ours[j].event["type"])
            for i, j in _match(theirs, ours, KEYS["event"])
            if not _same_type(theirs[i], ours[j].event)
        )
        for i, j in _match(theirs, ours, _same_type):
            right[theirs[i]["type"]] += 1
            _details(tally, theirs[i], ours[j].event)
    by_type = {t: _prf(right[t], wanted[t], given[t]) for t in sorted(wanted | given)}
    f1s = [v["f1"] for v in by_type.values() if v["n"] >= _ENOUGH]
    return {
        **{name: _prf(hits[name], wanted.total(), given.total()) for name in KEYS},
        "given type": tally.shares(),
        "by type": by_type,
        "macro f1 (types with 3 or more)": round(sum(f1s) / len(f1s), 3) if f1s else 0.0,
        "confusions": [f"{a} taken for {b}: {n}" for (a, b), n in confusions.most_common(12)],
    }


def table(result: Mapping[str, Any]) -> str:
    """The figures as lines of text."""
    lines = [f"{'':24} {'P':>6} {'R':>6} {'F1':>6}   reference {result['event']['n']}, coded {result['event']['got']}"]
    lines += [f"{name:24} {_row(result[name])}" for name in KEYS]
    lines += ["", "of the events whose type is right"]
    lines += [f"  {name:22} {v['share']:6.3f}   {v['right']} of {v['of']}" for name, v in result["given type"].items()]
    lines += ["", "by type"]
    lines += [f"  {name:22} {_row(v)}   reference {v['n']}, coded {v['got']}" for name, v in result["by type"].items()]
    macro = "macro f1 (types with 3 or more)"
    lines += [f"  {macro}: {result[macro]:.3f}"]
    if result["confusions"]:
        lines += ["", "confusions", *(f"  {c}" for c in result["confusions"])]
    return "\n".join(lines)


def _row(v: Mapping[str, float]) -> str:
    return f"{v['p']:6.3f} {v['r']:6.3f} {v['f1']:6.3f}"


def _lines(path: Path, needed: tuple[str, ...]) -> Iterator[Json]:
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, 1):
                if not line.strip():
                    continue
                try:
                    value = json.loads(line)
                except ValueError as error:
                    raise ExamError(f"{path}:{number}: is not JSON: {error}") from None
                missing = [k for k in needed if not isinstance(value, dict) or k not in value]
                if missing:
                    raise ExamError(
                        f"{path}:{number}: has no {', '.join(map(repr, missing))} (docs/evaluation.md shows the format)"
                    )
                yield value
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ExamError(f"{path} cannot be read ({reason}): name a JSONL file such as tests/gold/dev.jsonl") from None


def _documents(path: Path, reference: Iterable[Json]) -> Iterator[Document]:
    for number, d in enumerate(reference, 1):
        try:
            yield Document.from_dict({k: v for k, v in d.items() if k in _ABOUT and v is not None})
        except RecordError as error:
            raise ExamError(f"{path}:{number}: {error}") from None


_ABOUT = ("id", "title", "published", "source", "url", "language", "text")


class _Placed:
    """A coded event and the index of the reference sentence that its trigger is in (-1: none)."""

    __slots__ = ("event", "sentence")

    def __init__(self, event: Json, sentences: list[list[int]]) -> None:
        self.event = event
        at = (event.get("trigger") or event.get("sentence") or {}).get("start", -1)
        self.sentence = next((i for i, (start, end) in enumerate(sentences) if start <= at < end), -1)


class _Tally:
    """How often each detail was right, of how many."""

    def __init__(self) -> None:
        self.right: Counter[str] = Counter()
        self.total: Counter[str] = Counter()

    def add(self, name: str, good: bool) -> None:
        self.total[name] += 1
        self.right[name] += good

    def shares(self) -> dict[str, dict[str, float]]:
        return {
            k: {"right": self.right[k], "of": n, "share": round(self.right[k] / n, 3)}
            for k, n in sorted(self.total.items())
        }


def _countries(members: Iterable[Json] | None) -> frozenset[str]:
    return frozenset(m["country"] for m in members or () if m.get("country") not in (None, "", "---"))


def _dyad(e: Json) -> tuple[frozenset[str], frozenset[str]]:
    return _countries(e.get("actors")), _countries(e.get("recipients"))


def _types(e: Json) -> set[str]:
    return set(e.get("accept_types") or [e["type"]])


def _same_type(ref: Json, ours: Json) -> bool:
    return ours["type"] in _types(ref)


def _days(e: Json) -> tuple[str, str] | None:
    """First and last day of an event's date; a reference may write a month or a year ("2019-11")."""
    date = e.get("date") or {}
    if "value" in date:
        value = date["value"]
    elif date.get("start_date"):
        value = f"{date['start_date']}/{date.get('end_date') or date['start_date']}"
    else:
        value = None
    return days_of(value)


def days_of(value: str | None) -> tuple[str, str] | None:
    """First and last day of an annotated value: a day, a month, a year, or two of them parted by a slash; None for "?"."""
    if not value or value == "?":
        return None
    first, _, last = value.partition("/")
    return _edge(first, last=False), _edge(last or first, last=True)


def _edge(text: str, *, last: bool) -> str:
    parts = [int(p) for p in text.split("-")]
    year = parts[0]
    month = parts[1] if len(parts) > 1 else (12 if last else 1)
    day = parts[2] if len(parts) > 2 else (calendar.monthrange(year, month)[1] if last else 1)
    return f"{year:04d}-{month:02d}-{day:02d}"


def _full(ref: Json, ours: Json) -> bool:
    if not (_same_type(ref, ours) and _dyad(ref) == _dyad(ours) and ref["status"] == ours.get("status", "actual")):
        return False
    want = _days(ref)
    return want is None or want == _days(ours)


#: The figures: when a coded event is taken for a reference event.
KEYS: dict[str, Callable[[Json, Json], bool]] = {
    "event": lambda r, o: True,
    "quad": lambda r, o: ontology.quad(o["type"]) in {ontology.quad(t) for t in _types(r)},
    "type": _same_type,
    "type+modes": lambda r, o: _same_type(r, o) and set(r["modes"]) == set(o.get("modes") or ()),
    "type+actor": lambda r, o: _same_type(r, o) and _countries(r["actors"]) == _countries(o.get("actors")),
    "type+dyad": lambda r, o: _same_type(r, o) and _dyad(r) == _dyad(o),
    "full": _full,
}


def _span(x: Json | None) -> bool:
    return bool(x) and x is not None and x.get("start") is not None and x["start"] >= 0


def _overlap(a: Json | None, b: Json | None) -> bool:
    return bool(
        a is not None and b is not None and _span(a) and _span(b) and a["start"] < b["end"] and b["start"] < a["end"]
    )


def _match(theirs: list[Json], ours: list[_Placed], same: Callable[[Json, Json], bool]) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    done: set[int] = set()
    used: set[int] = set()
    for strict in (True, False):
        for i, ref in enumerate(theirs):
            if i in done:
                continue
            for j, one in enumerate(ours):
                if j in used or ref["sentence"] != one.sentence or not same(ref, one.event):
                    continue
                if strict and not _overlap(ref["trigger"], one.event.get("trigger")):
                    continue
                pairs.append((i, j))
                done.add(i)
                used.add(j)
                break
    return pairs


def _without_optional(theirs: list[Json], ours: list[_Placed], optional: list[Json]) -> list[_Placed]:
    spare = {(x["sentence"], x["type"]) for x in optional}
    if not spare:
        return ours
    matched = {j for _, j in _match(theirs, ours, _same_type)}
    return [o for j, o in enumerate(ours) if j in matched or (o.sentence, o.event["type"]) not in spare]


def _details(tally: _Tally, ref: Json, ours: Json) -> None:
    tally.add("status", ref["status"] == ours.get("status", "actual"))
    tally.add("trigger", _overlap(ref["trigger"], ours.get("trigger")))
    for side in ("actors", "recipients"):
        tally.add(f"{side} countries", _countries(ref[side]) == _countries(ours.get(side)))
        a, b = [x for x in ref[side] if _span(x)], [x for x in ours.get(side) or () if _span(x)]
        if a:
            tally.add(f"{side} spans found", all(any(_overlap(x, y) for y in b) for x in a))
        if b:
            tally.add(f"{side} spans right", all(any(_overlap(x, y) for y in a) for x in b))
        if a and b:
            tally.add(
                "first sector",
                {x["sectors"][0] for x in a if x["sectors"]} == {x["sectors"][0] for x in b if x.get("sectors")},
            )
    for name in ("place", "attribution"):
        if ref[name]:
            tally.add(f"{name} found", _overlap(ref[name], ours.get(name)))
        if _span(ours.get(name)):
            tally.add(f"{name} right", _overlap(ref[name], ours.get(name)))
    if ref["date"] and ref["date"]["value"] not in (None, "?"):
        tally.add("date value", _days(ref) == _days(ours))
    told, coded = _tolls(ref), _tolls(ours)
    if told:
        tally.add("casualties found", told <= coded)
    if coded:
        tally.add("casualties right", coded <= told)


def _tolls(e: Json) -> set[tuple[str, str, str]]:
    return {(c["kind"], c["relation"], str(c["number"])) for c in e.get("casualties") or ()}


def _prf(right: int, wanted: int, given: int) -> dict[str, float]:
    p, r = right / given if given else 0.0, right / wanted if wanted else 0.0
    f1 = 2 * p * r / (p + r) if p + r else 0.0
    return {"p": round(p, 3), "r": round(r, 3), "f1": round(f1, 3), "n": wanted, "got": given}
