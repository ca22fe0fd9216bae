"""The desk in the terminal: one event after another, a key for each decision; on a pipe, a line for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from detente.errors import DetenteError
from detente.ontology import party_code
from detente.picture.svg import plain
from detente.records import Event
from detente.review.queue import Item
from detente.review.readings import labels, with_answers
from detente.store import Store
from detente.store.corrections import parse

#: Keys, the word that does the same, and what it does.
KEYS = {
    "a": ("accept", "right as it stands"),
    "r": ("reject", "it is no event"),
    "t": ("type", "t ASSAULT/drone"),
    "w": ("actor", "who: w Tehran=IRN:GOV (words of the sentence = code), w IRN:MIL, several with ;  w - for nobody"),
    "o": ("recipient", "to whom: as w"),
    "p": ("place", "p Baghdad, or p 33.3,44.4; p - for none"),
    "d": ("date", "d 2020-01-03, or d 2020-01-03..2020-01-05; d - for none"),
    "s": ("status", "s denied"),
    "m": ("merge", "m INCIDENT|EVENT: the same happening"),
    "x": ("split", "x, or x EVENT: another happening than the rest, or than that event"),
    "n": ("note", "n WORDS"),
    "k": ("skip", "later"),
    "u": ("undo", "take the last decision back"),
    "?": ("help", "these keys"),
    "q": ("quit", "all is kept"),
}
_WORDS = {word: key for key, (word, _) in KEYS.items()}
_ANSWERS = {"t": "type", "w": "actor", "o": "recipient", "p": "place", "d": "date", "s": "status"}
_MARK = {"merge": "split", "split": "merge"}


@dataclass(slots=True)
class Done:
    """What a sitting did."""

    accepted: int = 0
    rejected: int = 0
    skipped: int = 0
    corrected: int = 0


@dataclass(slots=True)
class _Past:
    """A decision that can be taken back: of the item at ``at``."""

    at: int
    what: str
    correction_id: str | None = None
    other: str | None = None
    before: Event | None = None


@dataclass(slots=True)
class Desk:
    """One reviewer's sitting over a list of events."""

    store: Store
    by: str
    out: IO[str]
    done: Done = field(default_factory=Done)
    past: list[_Past] = field(default_factory=list)

    def run(self, items: list[Item], lines: Iterator[str]) -> Done:
        """Work through the items by the decisions in ``lines``; ends with them. Each decision is stored when it is made."""
        seen = [i.event for i in items]
        at = 0
        while at < len(items):
            self._show(items[at], seen[at], at, len(items))
            line = next(lines, None)
            if line is None or _key(line)[0] == "q":
                break
            try:
                at = self._decide(items, seen, at, *_key(line))
            except DetenteError as error:
                self._say(f"  {error}")
        else:
            self._say("nothing more to read")
        d = self.done
        self._say(f"{d.accepted} accepted, {d.rejected} rejected, {d.corrected} corrections, {d.skipped} skipped")
        return d

    def _decide(self, items: list[Item], seen: list[Event], at: int, key: str, rest: str) -> int:
        event = seen[at]
        if key == "a":
            made = self.store.correct(event.event_id, self.by, accept=labels(event))
            self.done.accepted += 1
            self.past.append(_Past(at, "accept", made))
            return at + 1
        if key == "r":
            made = self.store.correct(event.event_id, self.by, rest, reject=True)
            self.done.rejected += 1
            self.past.append(_Past(at, "reject", made))
            return at + 1
        if key == "k":
            self.done.skipped += 1
            self.past.append(_Past(at, "skip"))
            return at + 1
        if key == "u":
            return self._undo(seen, at)
        if key == "n":
            if not rest:
                raise DetenteError("a note has words: n WORDS")
            self.past.append(_Past(at, "note", self.store.correct(event.event_id, self.by, note=rest)))
            self._say("  noted")
        elif key in _ANSWERS:
            self._answer(seen, at, _ANSWERS[key], rest)
        elif key in ("m", "x"):
            self._pair(event, at, KEYS[key][0], rest)
        else:
            self._help()
        return at

    def _answer(self, seen: list[Event], at: int, what: str, rest: str) -> None:
        event = seen[at]
        if not rest:
            raise DetenteError(f"say what is right: {KEYS[_WORDS[what]][1]}")
        given = "" if rest == "-" else rest
        value: object = [w.strip() for w in given.split(";")] if what in ("actor", "recipient") else given
        for words in value if isinstance(value, list) else ():
            told = words.rpartition("=")[0].strip()
            if told and told not in event.sentence.text:
                raise DetenteError(f"{told!r} is not in the sentence: copy it letter by letter")
        made = self._correct(event, "", what, value)
        self.past.append(_Past(at, what, made, before=event))
        self.done.corrected += 1
        seen[at] = with_answers(event, {what: parse(what, value, self.by, event.document.published)})

    def _pair(self, event: Event, at: int, what: str, rest: str) -> None:
        if what == "merge" and not rest:
            raise DetenteError("say with which: m INCIDENT, or m EVENT")
        made = self._correct(event, "", what, rest or True)
        self.past.append(_Past(at, what, made, rest or None))
        self.done.corrected += 1
        self._say(f"  {what} done")

    def _correct(self, event: Event, why: str, what: str, value: object) -> str:
        return self.store.correct(event.event_id, self.by, why, **{what: value})

    def _undo(self, seen: list[Event], at: int) -> int:
        if not self.past:
            raise DetenteError("nothing to take back in this sitting")
        last = self.past.pop()
        event = seen[last.at]
        if last.what in _MARK:
            others = [last.other] if last.other else self._parted(last.correction_id)
            for other in others:
                self._correct(event, "taken back", _MARK[last.what], other)
        elif last.correction_id:
            self.store.correct(event.event_id, self.by, "taken back", undo=last.correction_id)
        if last.before is not None:
            seen[last.at] = last.before
        for counter, of in (("accepted", "accept"), ("rejected", "reject"), ("skipped", "skip")):
            setattr(self.done, counter, getattr(self.done, counter) - (last.what == of))
        self.done.corrected -= last.before is not None or last.what in _MARK
        self._say(f"  {last.what} taken back")
        return last.at

    def _parted(self, correction_id: str | None) -> list[str]:
        """The events that a split parted from."""
        made = list(self.store.corrections())
        run = next(c for c in made if c.correction_id == correction_id)
        return [c.other_event for c in made if c.at == run.at and c.what == "split" and c.other_event]

    def _show(self, item: Item, event: Event, at: int, total: int) -> None:
        said, start = event.sentence.text, event.sentence.start
        low, high = event.trigger.start - start, event.trigger.end - start
        about = event.document
        why = "disputed" if item.disputed else f"confidence {event.confidence:.2f}"
        words = "  ".join(filter(None, (about.published, about.source, about.title)))
        self._say(f"\n[{at + 1} of {total}] {event.event_id}  {why}  {plain(words)}")
        self._say(f"  {plain(said[:low])} [{plain(said[low:high])}] {plain(said[high:])}")
        told = labels(event) | {"who": _spoken(event.actors), "to whom": _spoken(event.recipients)}
        told |= {"place": plain(event.place.name or event.place.text or "") if event.place else ""}
        shown = [(n, told[n]) for n in ("type", "who", "to whom", "place", "date", "status")]
        self._say("  " + "   ".join(f"{n}: {v or '-'}" for n, v in shown))
        if event.attribution:
            self._say(f"  according to: {plain(event.attribution.text)}")
        self._say(
            "  (a)ccept (r)eject (t)ype (w)ho (o) to whom (p)lace (d)ate (s)tatus (m)erge (x) split (n)ote s(k)ip (u)ndo (q)uit ?"
        )

    def _help(self) -> None:
        for key, (word, about) in KEYS.items():
            self._say(f"  {key} or {word}: {about}")

    def _say(self, words: str) -> None:
        self.out.write(words + "\n")
        self.out.flush()


def _spoken(parties: object) -> str:
    return "; ".join(f"{plain(p.text or p.name or '')}={party_code(p.country, p.sectors)}" for p in parties)  # type: ignore[attr-defined]


def _key(line: str) -> tuple[str, str]:
    word, _, rest = line.strip().partition(" ")
    lower = word.lower()
    return _WORDS.get(lower, lower[:1] if lower in KEYS else "?"), rest.strip()
