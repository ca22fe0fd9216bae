"""From our types to the classes of PLV, which were made from CAMEO by PLOVER's conversion table (cameo_to_plover, draft 0.8, September 2021).

The two codebooks file some acts differently. Each rule below names the CAMEO codes that it follows; the words looked for are
those of the code's own title. Rules speak of the likeliest type only: its trigger, status and modes are known.
"""

from __future__ import annotations

import re
from collections import Counter

from detente.extract.pairs import Pair

# 035x "express intent to yield", 031-034 "express intent to …": cooperation that is promised is AGREE.
_PROMISED = re.compile(
    r"\b(?:will|would|shall|ready to|willing to|prepared to|about to|(?:agree|agre|pledge|promise|vow|offer|plan|intend|pledg|promis|commit|consent)(?:s|ed|ing)?"
    r"(?: (?:itself|themselves|himself|herself))? to)\b[^,;:]{0,60}$",
    re.I,
)
_COOPERATION = ("SUPPORT", "COOPERATE", "AID", "CONCEDE", "RETREAT", "CONSULT")
_HOSTILE_DEEDS = ("ASSAULT", "COERCE", "SANCTION", "MOBILIZE", "PROTEST")
# 057 "sign formal agreement" is SUPPORT.
_SIGNED = re.compile(r"\b(?:sign|ratif|conclud|reach|struck|strike|clinch|seal|ink)\w*\b", re.I)
_PACT = re.compile(r"\b(?:agreement|treaty|accord|pact|deal|memorandum|protocol|convention|contract)s?\b", re.I)
# 057 again: a pact that is agreed on, by name ("agreed a trade deal", "agreed on the text of a treaty").
_AGREED = re.compile(r"\bagree", re.I)
_ON_A_PACT = re.compile(
    rf"^(?: (?:to|on|upon))? (?:an?|the|their|its|two|three|several|new)\b[^,;:.]{{0,50}}?{_PACT.pattern}", re.I
)
# 08 "yield": 081 "ease restrictions", 086 "allow international involvement": what is approved or allowed is given way to.
_ALLOWED = re.compile(r"\b(?:approv|authori[sz]|permit|allow)", re.I)
# 112 "accuse", 10x "demand": who is asked for is not the one it is asked against.
_AGAINST = re.compile(r"\bagainst\b[^,;:.]{0,60}$", re.I)
# 051 "praise or endorse", 053 "rally support": a pledge of nothing but support.
_BACKING = re.compile(r"^[^,;]{0,30}\b(?:support|backing|solidarity)\b", re.I)
# 064 "share intelligence or information": with whom, not about whom.
_SHARED = re.compile(
    r"\b(?:shar|exchang|pass|hand|turn|provid|supply|suppli|forward|transmit|g[ai]v)\w*\b[^,;:.]{0,40}"
    r"\b(?:intelligence|information|evidence|data|dossiers?|files|documents|findings)\b(?! (?:against|implicating|that)\b)",
    re.I,
)
# 074 "provide for military protection or peacekeeping"; 075 "grant asylum".
_PEACEKEEPING = re.compile(r"\b(?:peace-?keep|peace force|observers?\b|monitors?\b)", re.I)
_ASYLUM = re.compile(r"\b(?:asylum|refugees?|displaced|migrants?)\b", re.I)
# 116 "find guilty or liable" is ACCUSE; a sentence to prison is COERCE (issue 4: "it files prison sentences under COERCE").
_SENTENCE = re.compile(r"\b(?:sentenc|jail|imprison|prison|years|months|death|life)\w*", re.I)
_GUILT = re.compile(r"\b(?:convict|guilty|liable|verdict)\w*", re.I)
# 163 "impose embargo, boycott or sanctions" is COERCE.
_TRADE = re.compile(r"\b(?:sanction|embargo|tariff|boycott)", re.I)
# 191 "impose blockade", 192 "occupy territory": root 19, fight. 1712 "destroy property". PLV files attacks over networks with them.
_FIGHT = re.compile(r"\b(?:blockad|occup|cyber|hack|destroy|demolish|raz)\w*", re.I)
# 139 "give ultimatum".
_ULTIMATUM = re.compile(r"\b(?:ultimatum|deadline)\b", re.I)


def plv_class(pair: Pair, sentence: str, target: tuple[int, int] | None = None) -> str:
    """Our answer as a class of PLV; ``target``: the span of the party that it is done to."""
    promised = pair.status == "planned" or _PROMISED.search(sentence[: pair.start]) is not None
    shares: Counter[str] = Counter()
    for kind, share in pair.probabilities.items():
        best = kind == pair.type
        shares[_of_best(pair, sentence, target, promised) if best else _plain(kind, sentence, promised)] += share  # type: ignore[assignment]
    return max(shares, key=lambda k: shares[k])


def _plain(kind: str, sentence: str, promised: bool) -> str:
    """A type of which no more is known; whatever else it may be that is promised, it is promised."""
    if promised and kind in _COOPERATION:
        return "AGREE"
    if kind in ("CONCEDE", "RETREAT"):
        return "YIELD"
    return "COERCE" if kind == "SANCTION" and _TRADE.search(sentence) else kind


def _of_best(pair: Pair, sentence: str, target: tuple[int, int] | None, promised: bool) -> str:
    kind, before = pair.type, sentence[: pair.start]
    if kind in _COOPERATION and promised:
        return "AGREE"
    if kind in _HOSTILE_DEEDS and pair.status == "planned":
        return "THREATEN"
    if (
        kind == "AGREE"
        and _SIGNED.search(pair.trigger + before[-25:])
        and _PACT.search(sentence[pair.start : pair.end + 40])
    ):
        return "SUPPORT"
    if kind == "AGREE" and _AGREED.match(pair.trigger) and _ON_A_PACT.search(sentence[pair.end :]):
        return "SUPPORT"
    if kind == "AGREE" and _ALLOWED.match(pair.trigger) and not promised:
        return "YIELD"
    if kind == "AGREE" and _BACKING.search(sentence[pair.end :]):
        return "SUPPORT"
    if kind == "REQUEST" and _ULTIMATUM.search(sentence[max(0, pair.start - 30) : pair.end + 40]):
        return "THREATEN"
    if kind == "REQUEST" and target is not None and _AGAINST.search(sentence[pair.end : target[0]]):
        return "ACCUSE"
    if kind in ("ACCUSE", "AID", "SUPPORT", "CONCEDE") and _SHARED.search(
        sentence[max(0, pair.start - 12) : pair.end + 50]
    ):
        return "COOPERATE"
    if kind == "MOBILIZE" and _PEACEKEEPING.search(sentence):
        return "AID"
    if kind in ("CONCEDE", "RETREAT") and _ASYLUM.search(sentence[pair.end : pair.end + 50]):
        return "AID"
    if kind == "COERCE" and _FIGHT.search(pair.trigger):
        return "ASSAULT"
    if kind == "SANCTION" and "convict" in pair.modes:
        return (
            "ACCUSE"
            if _GUILT.search(pair.trigger + sentence[pair.end : pair.end + 12]) and not _SENTENCE.search(sentence)
            else "COERCE"
        )
    if kind == "SANCTION" and "expel" in pair.modes:
        return kind
    return _plain(kind, sentence, promised)
