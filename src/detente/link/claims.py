"""The ledger of one incident: who says what of it, since when, and what stands against what. No verdict is invented.

A claim is read from an event of the incident (its attribution, or the outlet in its own voice), or from an event of speech
about it (an accusation, a denial, an admission). Its words are kept. Claims are compared within one attribute:
happened, who, toll, intent, damage, agreement.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from detente import ontology
from detente.records import Actor, Attribution, Claim, Event, Incident, Party, Span

_DENY = re.compile(r"\b(?:den(?:y|ie|ial)|reject|dismiss|disput|refut|rebut|disavow)", re.I)
_CONFIRM = re.compile(r"\b(?:confirm|acknowledg|admit|admission|conced|confess|claim\w* responsibility)", re.I)
_DOUBT = re.compile(
    r"\b(?:doubt|question(?:s|ed)? (?:whether|the)|(?:could|can)(?: ?not|n[’']t)(?: be)? (?:independently )?(?:confirm|verif)|unverified|unconfirmed)",
    re.I,
)
_MAYBE = re.compile(
    r"\b(?:may|might|could) have\b|\b(?:suspect|believ|alleg|likely|probabl|possibl|apparent|presum)", re.I
)
# What a sentence says beside the act: (attribute, value, words).
_SAID = (
    ("intent", "not meant", r"\b(?:unintentional\w*|accidental\w*|inadvertent\w*|by (?:mistake|accident)|mistaken\w*|human error|in error)\b"),
    ("intent", "meant", r"(?<!not )(?<!un)\b(?:deliberate(?:ly)?|intentional(?:ly)?|on purpose|premeditated|purposely)\b"),
    ("damage", "none", r"\bno (?:\w+ ){0,2}damage\b|\bwithout (?:causing )?(?:any )?damage\b"),
    ("damage", "some", r"\b(?:minor|slight|some|limited|light|superficial) (?:\w+ )?damage\b|\b(?:slightly )?damag(?:ed|ing)\b"),
    ("damage", "heavy", r"\b(?:heavy|severe|serious|extensive|major|widespread|massive) (?:\w+ )?damage\b|\b(?:destroy(?:ed|ing)|flattened|razed)\b"),
    ("agreement", "not reached", r"\b(?:no (?:\w+ )?(?:agreement|deal|accord)|without (?:an? |any )?(?:\w+ )?(?:agreement|deal|accord)|fail\w* to (?:reach|agree)|talks (?:collapsed|broke (?:off|down)))\b"),
    ("agreement", "reached", r"\b(?:reach|sign|conclud|strik|struck|clinch|seal)\w* (?:an? |the |on an? )?(?:\w+ ){0,3}(?:agreement|deal|accord|truce|ceasefire|pact|treaty)\b"),
)  # fmt: skip
_SPOKEN = tuple((attribute, value, re.compile(words, re.I)) for attribute, value, words in _SAID)
_TALKS = frozenset({"AGREE", "CONSULT", "CONCEDE", "RETREAT", "SUPPORT", "COOPERATE"})
_SPEECH = frozenset({"ACCUSE", "REJECT", "CONCEDE"})
_REACH = 4  # sentences back in which the act that is spoken of was told


@dataclass(frozen=True, slots=True)
class _Voice:
    """Who speaks: a party, or (None) the outlet that is named by ``source``."""

    party: Party | None
    source: str | None

    @property
    def key(self) -> str:
        """Outlets in their own voice are one: their counts follow one another, they do not contradict."""
        return "press" if self.party is None else str(self.party.entity or self.party.country or self.party.name)

    @property
    def exact(self) -> str:
        """With the body that speaks: a ministry and its army are two voices of one country."""
        return "press" if self.party is None else f"{self.key} {self.party.name} {' '.join(self.party.sectors)}"


def _of(claim: Claim) -> _Voice:
    return _Voice(claim.claimant, claim.source)


def speech_about(events: Sequence[Event]) -> Iterator[tuple[Event, Event]]:
    """Of the events of one document, in its order: accusations, denials and admissions, each with the act that it is about.

    The act is the nearest told before it, or in its own sentence, by the accused (or by the one who denies or admits), or
    by nobody named; only deeds can be spoken of so.
    """
    deeds = [e for e in events if ontology.quad(e.type) in (2, 4) and e.status != "generic"]
    for speech in events:
        if speech.type not in _SPEECH or speech.status != "actual":
            continue
        who = speech.recipients if speech.type == "ACCUSE" else speech.actors
        blamed = {_who(p) for p in who} - {None}
        near = [
            d
            for d in deeds
            if d is not speech
            and 0 <= speech.sentence.index - d.sentence.index <= _REACH
            and (not d.actors or blamed & {_who(p) for p in d.actors})
        ]
        if (
            blamed
            and near
            and (speech.type == "ACCUSE" or _DENY.search(_words(speech)) or _CONFIRM.search(_words(speech)))
        ):
            yield speech, max(near, key=lambda d: (d.sentence.index, bool(d.actors), d.trigger.start))


def speech_by_act(reports: Iterable[Iterable[Event]]) -> dict[str, list[Event]]:
    """Of each act, by its event's id, the speech about it (`speech_about`). ``reports``: the events of each document."""
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for events in reports:
        for spoken, act in speech_about(sorted(events, key=lambda e: (e.trigger.start, e.event_id))):
            found[act.event_id].append(spoken)
    return found


def claims(incident: Incident, told: Sequence[Event]) -> tuple[Claim, ...]:
    """The claims that the events make of the incident, first to last; a function of the set of events.

    ``told``: the events of the incident and the speech about it (`speech_about`), of one report of each class of copies.
    """
    found: dict[tuple[str, ...], Claim] = {}
    order = sorted(told, key=lambda e: (e.document.published or "", e.document.id, e.trigger.start, e.event_id))
    for event in order:
        for claim in _read(event, incident):
            voice = _of(claim)
            same = (claim.attribute, voice.exact, claim.polarity, claim.value or "")
            found.setdefault(same, claim)
    return _chained(list(found.values()))


def _read(event: Event, incident: Incident) -> Iterator[Claim]:
    """The claims of one event; none of what is only planned, habitual, or feared ("if it attacks")."""
    if event.status in ("planned", "generic") or (
        event.status == "possible" and not (_MAYBE.search(event.sentence.text) or _DOUBT.search(event.sentence.text))
    ):
        return
    voice, polarity = _voice(event), _polarity(event)
    speech = event.type in _SPEECH and event.type != incident.type
    say = _Saying(event, incident, voice)
    if speech:
        blamed = event.recipients if event.type == "ACCUSE" else event.actors
        for name in say.names(blamed):
            yield say.claim("who", polarity, name, event.trigger)
    else:
        own = {_who(a) for a in event.actors} - {None}
        # Who denies having done it does not deny that it was done.
        if not (polarity == "denies" and voice.key in own):
            yield say.claim("happened", polarity, event.type, event.trigger)
        for name in say.names(event.actors):
            yield say.claim("who", polarity, name, event.trigger)
    for toll in event.casualties:
        span = (
            Span(toll.start, toll.end, toll.text)
            if toll.start is not None and toll.end is not None and toll.text
            else event.trigger
        )
        value = f"{toll.kind} {toll.relation if toll.relation != '=' else ''}{toll.number}"
        made = say.claim("toll", "claims" if polarity == "confirms" else polarity, value, span)
        yield replace(made, low=toll.low, high=toll.high)
    for attribute, value, words in _SPOKEN:
        if (attribute == "agreement") != (incident.type in _TALKS):
            continue
        if m := words.search(event.sentence.text):
            at = event.sentence.start + m.start()
            yield say.claim(attribute, "claims", value, Span(at, at + len(m[0]), m[0]))


@dataclass(frozen=True, slots=True)
class _Saying:
    event: Event
    incident: Incident
    voice: _Voice

    def claim(self, attribute: str, polarity: str, value: str | None, span: Span) -> Claim:
        """One claim with its words; its state is told later, among the others."""
        event, party = self.event, self.voice.party
        named = "|".join((attribute, polarity, value or "", self.voice.exact, event.document.sha256, str(span.start)))
        return Claim(
            claim_id="clm1-" + hashlib.sha256(named.encode()).hexdigest()[:24],
            incident_id=self.incident.incident_id,
            attribute=attribute,
            claimant=party,
            polarity=polarity,
            value=value,
            said=event.document.published,
            document=event.document.id,
            span=span,
            state="single source",
            side=self._side(),
            source=event.document.source,
            event_id=event.event_id,
        )

    def names(self, parties: Iterable[Actor]) -> list[str]:
        """What the parties are called in the incident ("it", "U.S. forces" -> "United States"), each once."""
        return list(dict.fromkeys(self._name(p) for p in parties if _who(p)))

    def _name(self, party: Actor) -> str:
        known = (*self.incident.actors, *self.incident.recipients)
        for mine in ("entity", "country"):
            if value := getattr(party, mine):
                for other in known:
                    if getattr(other, mine) == value and other.name:
                        return other.name
        return party.name or party.text or party.country or "unnamed"

    def _side(self) -> str:
        """On whose side the claimant is: by what it is or is called, else by its country."""
        party = self.voice.party
        if party is None:
            return "unnamed"
        sides = (("actor", self.incident.actors), ("recipient", self.incident.recipients))
        for same in ("entity", "name", "country"):
            value = getattr(party, same)
            for side, parties in sides:
                if value and any(getattr(p, same) == value for p in parties):
                    return side
        return "third party" if party.name or party.country else "unnamed"


def _voice(event: Event) -> _Voice:
    if event.attribution is not None:
        return _Voice(_party(event.attribution), event.document.source)
    if event.type in _SPEECH and event.actors:
        return _Voice(_party(event.actors[0]), event.document.source)
    return _Voice(None, event.document.source)


def _polarity(event: Event) -> str:
    words = _words(event)
    if event.type == "ACCUSE":
        return "claims"
    if event.status == "denied" or (event.type == "REJECT" and _DENY.search(words)):
        return "denies"
    if event.status == "possible" or _DOUBT.search(event.sentence.text):
        return "doubts"
    if event.type == "CONCEDE" or _CONFIRM.search(words):
        return "confirms"
    return "claims"


def _words(event: Event) -> str:
    """The words that say how something is said: the cue, the trigger of speech, and what stands between speaker and act."""
    words = [event.trigger.text] if event.type in _SPEECH else []
    if event.attribution is not None:
        words.append(event.attribution.cue or "")
    speaker = event.attribution or next(iter(event.actors), None)
    if speaker is not None and speaker.end is not None and speaker.end <= event.trigger.start:
        at = event.sentence.start
        words.append(event.sentence.text[speaker.end - at : event.trigger.start - at])
    return " ".join(words)


def _party(member: Actor | Attribution) -> Party:
    entity = member.entity if isinstance(member, Actor) else None
    return Party(member.name or member.text, member.country, member.sectors, entity)


def _who(party: Actor) -> str | None:
    return party.country or party.entity or party.name


def _chained(given: list[Claim]) -> tuple[Claim, ...]:
    """The claims with their states, what each revises, and what each denial answers."""
    groups: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for i, claim in enumerate(given):
        kind = (claim.value or "").partition(" ")[0] if claim.attribute == "toll" else ""
        groups[claim.attribute, kind].append(i)
    for (attribute, _), members in groups.items():
        latest: dict[str, int] = {}
        revised = False
        for i in members:
            voice = _of(given[i]).exact
            if attribute == "who":  # several may be named: the last word of each voice on each of them counts
                voice += f" {given[i].value}"
            before = latest.get(voice)
            if before is not None and _revises(given[before], given[i]):
                given[i] = replace(given[i], revises=given[before].claim_id)
                revised = True
            latest[voice] = i
            if given[i].polarity in ("denies", "confirms") and (other := _answered(given, members, i)):
                given[i] = replace(given[i], answers=other)
        state = _state(attribute, [given[i] for i in latest.values()], revised)
        for i in members:
            given[i] = replace(given[i], state=state)
    return tuple(given)


def _answered(given: Sequence[Claim], members: Sequence[int], i: int) -> str | None:
    """The last claim of the same thing by somebody else, said before."""
    mine = given[i]
    for j in reversed(members):
        other = given[j]
        if (
            j < i
            and other.polarity == "claims"
            and _of(other).exact != _of(mine).exact
            and (mine.attribute != "who" or other.value == mine.value)
        ):
            return other.claim_id
    return None


def _revises(before: Claim, after: Claim) -> bool:
    """Whether a voice has changed its word; naming one more party is no change of mind."""
    if before.document == after.document:
        return False
    if before.attribute == "who" and before.value != after.value:
        return False
    return before.polarity != after.polarity or before.value != after.value


def _state(attribute: str, latest: Sequence[Claim], revised: bool) -> str:
    """agreed, disputed, single source or revised, from the last word of each voice."""
    if _contradict(attribute, latest):
        return "disputed"
    if revised:
        return "revised"
    return "agreed" if len({_of(c).key if c.claimant else c.source for c in latest}) > 1 else "single source"


def _contradict(attribute: str, latest: Sequence[Claim]) -> bool:
    holds = [c for c in latest if c.polarity in ("claims", "confirms")]
    against = [c for c in latest if c.polarity in ("denies", "doubts")]
    if attribute == "toll":
        lows, highs = [c.low or 0 for c in holds], [c.high for c in holds if c.high is not None]
        return bool(holds and against) or (bool(highs) and max(lows) > min(highs))
    if attribute == "who":
        blamed = {c.value for c in holds}
        by_voice: defaultdict[str, set[str | None]] = defaultdict(set)
        for c in holds:
            by_voice[_of(c).exact].add(c.value)
        named = list(by_voice.values())
        # Somebody denies what another says, or two voices blame parties of which neither is named by the other.
        return any(c.value in blamed or not blamed for c in against) or any(not a & b for a in named for b in named)
    if attribute == "happened":
        return bool(holds and against)
    return len({c.value for c in holds}) > 1
