"""Role spans to parties: the words, who they stand for, and how that was found."""

from __future__ import annotations

import re
from dataclasses import replace

from detente.model.coder import RoleSpan
from detente.records import Actor, Attribution, Document, Sentence
from detente.resolve.actors import actor as resolve_actor
from detente.resolve.references import Discourse, refer

# Words that introduce or follow the one who vouches for a report.
_CUES = re.compile(
    r"\b(according to|accord(?:ed|s) by|sa(?:id|ys|ying)|told|reports?|reported(?:ly)?|claim(?:s|ed|ing)?|"
    r"confirm(?:s|ed)?|announc(?:es|ed)|stat(?:es|ed)|den(?:ies|ied|ying)|accus(?:es|ed|ing)|alleg(?:es|ed|ing)|add(?:s|ed)|"
    r"conclud(?:es|ed)|quot(?:es|ed)|cit(?:es|ed|ing)|warn(?:s|ed)|blam(?:es|ed)|testif(?:ies|ied)|found|reveal(?:s|ed))\b",
    re.I,
)
_CUE_REACH = 60  # code points between a source and its cue


def party(span: RoleSpan, sentence: Sentence, document: Document, discourse: Discourse) -> Actor:
    """The party that a role span names. Country and sectors come from the words themselves, then from what the
    document said before; sectors that neither tells are the model's, with basis "model"."""
    start, end = sentence.start + span.start, sentence.start + span.end
    text = document.text[start:end]
    found = resolve_actor(text, context=sentence.text, published=document.published)
    if found is None or found.country is None:
        earlier = refer(text, discourse)
        if earlier is not None and found is not None:
            found = replace(
                found, country=earlier.country, basis=f"{found.basis}; coreference" if found.basis else "coreference"
            )
        else:
            found = earlier or found
    found = found or Actor()
    likely = tuple(s for s, p in span.sectors if p >= 0.5) or tuple(s for s, _ in span.sectors[:1])
    if not found.sectors and likely and (found.country is None or len(found.country) == 3):
        found = replace(found, sectors=likely, basis=f"{found.basis}; sector by model" if found.basis else "model")
    return replace(found, start=start, end=end, text=text)


def attribution(span: RoleSpan, sentence: Sentence, document: Document, discourse: Discourse) -> Attribution:
    """The source that vouches for an event, with the word that says so."""
    who = party(span, sentence, document, discourse)
    assert who.start is not None and who.end is not None and who.text is not None
    before = sentence.text[max(0, span.start - _CUE_REACH) : span.start]
    after = sentence.text[span.end : span.end + _CUE_REACH]
    cues = [(len(before) - m.end(), m[0]) for m in _CUES.finditer(before)] + [
        (m.start(), m[0]) for m in _CUES.finditer(after)
    ]
    cue = min(cues)[1] if cues else None
    return Attribution(who.start, who.end, who.text, who.name, who.country, who.sectors, cue)
