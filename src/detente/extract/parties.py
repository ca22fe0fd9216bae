"""Role spans to parties: the words, who they stand for, and how that was found."""

from __future__ import annotations

import re
from dataclasses import replace

from detente.model.coder import RoleSpan
from detente.records import Actor, Attribution, Document, Sentence
from detente.resolve.actors import actor as resolve_actor
from detente.resolve.antecedents import named_body, suggested
from detente.resolve.beside import beside
from detente.resolve.countries import Surroundings, with_country
from detente.resolve.introduced import introduced
from detente.resolve.named import beside_name
from detente.resolve.references import Discourse, both, joint, named_before, refer
from detente.resolve.sectors import Scene, is_bare, spoken_of, with_sectors

# Words that introduce or follow the one who vouches for a report.
_CUES = re.compile(
    r"\b(according to|accord(?:ed|s) by|sa(?:id|ys|ying)|told|reports?|reported(?:ly)?|claim(?:s|ed|ing)?|"
    r"confirm(?:s|ed)?|announc(?:es|ed)|stat(?:es|ed)|den(?:ies|ied|ying)|accus(?:es|ed|ing)|alleg(?:es|ed|ing)|add(?:s|ed)|"
    r"conclud(?:es|ed)|quot(?:es|ed)|cit(?:es|ed|ing)|warn(?:s|ed)|blam(?:es|ed)|testif(?:ies|ied)|found|reveal(?:s|ed))\b",
    re.I,
)
_CUE_REACH = 60  # code points between a source and its cue


def party(
    span: RoleSpan, sentence: Sentence, document: Document, discourse: Discourse, acted: str | None = None
) -> Actor:
    """The party that a role span names, as far as its own words and the report's acronyms tell.

    ``acted``: the ISO day of the event where the report tells one: a person carries the office of that day (CODEBOOK.md section 3).
    """
    start, end = sentence.start + span.start, sentence.start + span.end
    text = document.text[start:end]
    acronyms, words = discourse.acronyms, text
    for short in discourse.redefined:
        words = re.sub(rf"\s*\({short}\)", "", words)
        words = re.sub(rf"\b{short}\b", acronyms[short], words)
    found = _on_the_day(words, sentence.text, acted, document.published)
    introduced = next((w for w in re.findall(r"[A-Z][\w.&-]+", text) if w.replace(".", "") in acronyms), None)
    if introduced and (found is None or (found.country is None and found.entity is None)):
        long = text.replace(introduced, acronyms[introduced.replace(".", "")], 1)
        told = _on_the_day(long, sentence.text, acted, document.published)
        if told is not None:
            found = replace(told, basis=f"acronym of the report; {told.basis}")
    return replace(found or Actor(), start=start, end=end, text=text)


def _on_the_day(words: str, context: str, acted: str | None, published: str | None) -> Actor | None:
    """Who acts, in the office of that day; in that of the report's day where nothing is known of the other.

    Of 48 parties of dated events in the annotations whose sector it changes 38 become right and 5 wrong.
    """
    found = resolve_actor(words, context=context, date=acted, published=published)
    if acted is None or (found is not None and found.sectors):
        return found
    return resolve_actor(words, context=context, published=published)


def members(actor: Actor, span: RoleSpan, around: Surroundings, discourse: Discourse) -> list[Actor]:
    """The members that one phrase stands for (EVENTS.md): "both sides", "American and Iraqi officials"; or the party as it is.

    Names without a head ("France and Germany") have each their own words; else all have those of the phrase.
    """
    if not actor.text:
        return [actor]
    if actor.country is None:
        codes = both(actor.text, around.named, around.before, discourse)
        likely = tuple(s for s, p in span.sectors if p >= 0.5)
        return [
            replace(actor, country=code, sectors=likely or actor.sectors or ("GOV",), basis="the two of the report")
            for code in codes
        ] or [actor]
    inside = [
        (a - span.start, b - span.start, c, k) for a, b, c, k in around.named if span.start <= a and b <= span.end
    ]
    states = joint(actor.text, inside)
    if not states or actor.country not in {m[2] for m in states}:
        return [actor]
    if actor.text[states[-1][1] :].strip(" .,'’"):
        return [replace(actor, name=None, entity=None, country=m[2]) for m in states]
    assert actor.start is not None
    out = []
    for start, end, _, _ in states:
        words = actor.text[start:end]
        found = resolve_actor(words, context=around.sentence) or Actor()
        out.append(replace(found, start=actor.start + start, end=actor.start + end, text=words))
    return out


def with_context(
    actor: Actor, span: RoleSpan, around: Surroundings, discourse: Discourse, event: str, modes: tuple[str, ...] = ()
) -> Actor:
    """The party with the country and sectors that the report tells of it: what it refers to, where it acts, in an event of
    which type (``event``) and modes."""
    if not actor.sectors and actor.entity is None and (who := introduced(actor.text or "", discourse.text)) is not None:
        actor = replace(
            actor, country=actor.country or who.country, sectors=who.sectors, role=who.role, basis=who.basis
        )
    if actor.sectors == ("ELI",) and "office until" in (actor.basis or ""):
        # The tables know an office that ended; the report may have told a later one: "Security Minister Wiranto … Wiranto".
        told = refer(actor.text or "", discourse)
        if told and told.role and told.country == actor.country and told.sectors not in ((), ("ELI",)):
            actor = replace(actor, sectors=told.sectors, role=told.role, basis=told.basis)
    earlier = refer(actor.text or "", discourse) if actor.country is None else None
    if earlier is None and actor.entity is None:
        earlier = named_body(actor.text or "", actor.start or 0, discourse.text)
    if earlier is not None and not actor.sectors:
        actor = replace(
            actor,
            name=actor.name or earlier.name,
            sectors=earlier.sectors,
            entity=earlier.entity,
            role=earlier.role,
            basis=None,
        )
        actor = with_country(actor, around, discourse, earlier)
        actor = replace(actor, basis=actor.basis or "coreference")
    else:
        actor = with_country(actor, around, discourse, earlier)
    same = named_before(actor.text or "", discourse)
    before = same.sectors[0] if same else None
    bare = is_bare(actor)
    scene = Scene(
        event,
        around.side,
        modes,
        around.place,
        around.other,
        before,
        spoken_of(discourse.text),
        (
            *suggested(actor.text or "", actor.start or 0, actor.end or 0, discourse.text, discourse.sentences),
            *(() if bare else beside_name(actor.text or "", discourse.text)),
        ),
        tuple(beside(around.sentence, around.start, around.end)) if bare else (),
        span.leaning,
    )
    return with_sectors(actor, span.sectors, scene)


def attribution(who: Actor, span: RoleSpan, sentence: Sentence) -> Attribution:
    """The source that vouches for an event, with the word that says so."""
    assert who.start is not None and who.end is not None and who.text is not None
    before = sentence.text[max(0, span.start - _CUE_REACH) : span.start]
    after = sentence.text[span.end : span.end + _CUE_REACH]
    cues = [(len(before) - m.end(), m[0]) for m in _CUES.finditer(before)] + [
        (m.start(), m[0]) for m in _CUES.finditer(after)
    ]
    cue = min(cues)[1] if cues else None
    return Attribution(who.start, who.end, who.text, who.name, who.country, who.sectors, cue)
