"""The parts of a phrase for a party: how many, the head noun that tells its sector, the office, and a person's name.

"hundreds of Afghan soldiers", "spokesman for the Iranian Foreign Ministry", "Harry Tseng, Taiwan's deputy foreign minister": what
is counted is cut off, the head ends at the first preposition or comma, a head that any body has ("spokesman", "leader", "group")
takes the sector of the word before it or of the phrase after it (CODEBOOK.md section 3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from detente.knowledge import tables
from detente.knowledge.tables import Match

PRONOUNS = frozenset(
    (
        "he she him her his hers himself herself it its itself they them their theirs themselves i me my we us "
        "our ours you your who whom whose which that this these those one both others each someone anyone everyone"
    ).split()
)
# Where the head of a noun phrase ends and what it belongs to begins.
_TAIL = re.compile(
    r"\s+(?:of|in|from|at|for|near|on|by|with|against|who|which|that|outside|inside|around|under|to|between|aboard|across|based|led|loyal|linked|"
    r"(?:affiliated|associated|belonging|allied|aligned)(?=\s+(?:to|with)\s))\s+|\s*[,(;:–—]\s*"
)
_QUANTITY = re.compile(
    r"^(?:[\w,-]+\s+){0,3}?(?:hundreds|dozens|thousands|scores|tens|millions|groups?|crowds?|numbers?|majority|pair|one|some|all|most|"
    r"many|several|each|both|none|\d[\d,.]*|two|three|four|five|teams?|series|couple|handful|members? of a group)\s+of\s+(?:(?:thousands|hundreds|millions)\s+of\s+)?",
    re.I,
)
_FORMER = re.compile(r"\b(?:former|ex|deposed|ousted|retired|exiled|late|one-time|then-former)\b[-\s]", re.I)
_OPPOSED = re.compile(r"\b(?:opposition|dissident)\b", re.I)
#: Heads that any body has: what they tell comes from the word before them or the phrase after them.
WEAK = frozenset(
    (
        "spokesman spokeswoman spokesperson spokespeople spokesmen head heads chief chiefs leader leaders leadership deputy deputies member "
        "members director directors boss bosses secretary adviser advisers advisor advisors aide aides staff staffer staffers representative "
        "representatives source sources founder founders chairman chairwoman chair chairperson supporter supporters side sides wing branch "
        "group groups force forces organization organizations organisation organisations official officials officer "
        "officers agent agents commander commanders figure figures team teams unit units delegation delegations convoy convoys movement "
        "network networks faction factions front office offices headquarters building buildings station stations body bodies employee "
        "employees personnel service services agency agencies authority authorities board committee council commission president "
        "manager managers owner owners ally allies base bases camp camps house institution institutions affiliate affiliates "
        "cell cells militants fighters activist activists negotiator negotiators envoy operative operatives"
    ).split()
)
#: Weak heads that keep their own sector if nothing tells another ("forces": military), and those that tell nothing alone.
_EMPTY = frozenset(
    (
        "spokesman spokeswoman spokesperson spokespeople spokesmen head heads chief chiefs leader leaders leadership deputy member members "
        "director directors boss bosses secretary adviser advisers advisor advisors aide aides staff staffer staffers representative "
        "representatives source sources founder founders chairman chairwoman chair chairperson supporter supporters side sides wing branch "
        "team teams figure figures employee employees body bodies building buildings station stations headquarters ally "
        "allies affiliate affiliates unit units manager managers board house institution institutions"
    ).split()
)
# "president of the company" is a businessman, "president of the republic" is not.
_OVERRULED = frozenset({"BUS", "EDU", "LAB", "SOC", "JRN", "JUD", "LEG", "PTY", "COP", "REL", "MED", "SPY"})
_FORCES = frozenset(
    {"force", "forces", "unit", "units", "commander", "commanders", "convoy", "convoys", "base", "bases", "personnel"}
)
# Modifiers that make no other party of a force: "government forces", "democratic forces" are soldiers.
_NO_FORCE = frozenset({"GOV", "PTY", "LEG", "BUS", "SOC", "JUD", "REL", "EDU", "MED", "CVL", "LAB", "JRN"})
_PERSON_WORD = re.compile(r"[A-Z][\w'’.-]*\Z")
NAME_JOINTS = frozenset(
    {"e", "y", "al", "bin", "ibn", "von", "van", "de", "da", "dos", "del", "el", "al-", "ul", "der", "bint", "abu"}
)
_OFFICE_WORDS = frozenset(
    (
        "prime foreign defense defence interior finance vice deputy acting army police crown oil health justice senior top home internal "
        "external environment energy education interim outgoing incoming chief national security first"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Head:
    """The head noun of a phrase: its sectors (none if it tells none), its words in small letters, where it stands."""

    sectors: tuple[str, ...]
    words: str
    start: int
    end: int

    @property
    def sector(self) -> str | None:
        return self.sectors[0] if self.sectors else None


def without_quantity(text: str) -> str:
    """ "hundreds of Afghan soldiers" as "Afghan soldiers"."""
    return _QUANTITY.sub("", text)


def is_former(text: str) -> bool:
    """Whether a phrase speaks of an office that is no longer held."""
    return bool(_FORMER.search(text))


def is_opposed(text: str) -> bool:
    """Whether a phrase speaks of an opposition."""
    return bool(_OPPOSED.search(text))


def head_end(text: str, found: list[Match]) -> int:
    """Where the head noun phrase ends; a preposition inside a name ("Bank of England") does not end it."""
    for m in _TAIL.finditer(text):
        if m.start() == 0 or any(f.start < m.start() < f.end for f in found):
            continue
        return m.start()
    return len(text)


def tail(text: str, cut: int) -> tuple[str, str]:
    """What follows the head: the word or mark that opens it, and the phrase after it."""
    m = _TAIL.match(text, cut)
    return (m[0].strip(" ,").lower() or ",", text[m.end() :]) if m else ("", "")


def head_noun(text: str, found: list[Match] = ()) -> Head:  # type: ignore[assignment]
    """The head of a whole phrase, looked for in its tail too where the head proper leaves the sector open."""
    cut = head_end(text, list(found))
    head = _head(text[:cut])
    mark, rest = tail(text, cut)
    if mark == "," and head.sector is None and _looks_like_name(text[:cut]):
        # "Harry Tseng, Taiwan's deputy foreign minister"
        named = _head(rest[: head_end(rest, [])])
        offset = len(text) - len(rest)
        if named.words:
            return Head(named.sectors, named.words, named.start + offset, named.end + offset)
    last = head.words.split()[-1] if head.words else ""
    if mark in ("of", "for", "from", "in", "at", "with") and (
        head.words in _EMPTY
        or (last == "president" and head.words == "president")
        or (head.words in WEAK and head.sector is None)
    ):
        whose = _head(rest[: head_end(rest, [])])
        if mark == "in" and whose.sector not in _OVERRULED | {"MIL", "GOV"}:
            return head
        if whose.sector and (head.words in _EMPTY or whose.sector in _OVERRULED):
            return Head(whose.sectors, head.words, head.start, head.end)
    return head


def _looks_like_name(text: str) -> bool:
    words = re.sub(r"^(?:the|a|an)\s+", "", text.strip(), flags=re.I).split()
    return 0 < len(words) <= 5 and all(_PERSON_WORD.match(w) or w.lower() in NAME_JOINTS for w in words)


def _head(head: str) -> Head:
    """The last word or words of the head that tell a sector; a word that any body has if there is none."""
    words = [
        (m.start(), m.end(), m[0], re.sub(r"['’]s?$", "", m[0]).lower()) for m in re.finditer(r"[\w][\w'’.-]*", head)
    ]
    words = [w for w in words if w[3] not in ("s", "")]
    table = tables.sectors()
    for last in range(len(words), 0, -1):
        if _of_a_name(words, last):
            continue
        for first in range(max(0, last - 4), last):
            key = " ".join(w[3] for w in words[first:last])
            if key in table:
                if key in WEAK:
                    return _weak(words, last, table.get(key))
                both = tables.second_sectors().get(key, (table[key],))
                return Head(both, key, words[first][0], words[last - 1][1])
        if words[last - 1][3] in WEAK:
            return _weak(words, last, None)
    return Head((), "", len(head), len(head))


def _of_a_name(words: list[tuple[int, int, str, str]], last: int) -> bool:
    """Whether a word is a person's: "President Stephen King", a capital after a capital after an office."""
    if last < 3 or not words[last - 1][2][:1].isupper() or words[last - 1][2].isupper():
        return False
    before = words[last - 2]
    if (
        not before[2][:1].isupper()
        or before[3] in tables.sectors()
        or before[3] in tables.modifiers()
        or before[3] in _OFFICE_WORDS
    ):
        return False
    office = next((w for w in words[: last - 2] if w[3] in _TITLES), None)
    return office is not None and words[last - 3][3] in _TITLES | tables.sectors().keys()


_TITLES = frozenset(
    "president minister secretary senator general colonel governor mayor king queen prince judge justice ambassador premier chancellor "
    "congressman congresswoman representative sheriff captain lieutenant sergeant admiral activist journalist spokesman spokeswoman".split()
)


def _weak(words: list[tuple[int, int, str, str]], last: int, own: str | None) -> Head:
    """A head that any body has, with the sector of the nearest word before it that tells one."""
    start, end, _, key = words[last - 1]
    table, more = tables.sectors(), tables.modifiers()
    for at in range(last - 1, 0, -1):
        for first in range(max(0, at - 3), at):
            phrase = " ".join(w[3] for w in words[first:at])
            told = more.get(phrase) or (table.get(phrase) if phrase not in WEAK else None)
            if told is None:
                continue
            if key in _FORCES and told in _NO_FORCE:
                told = None
            if told and not (told == "GOV" and own and key not in _EMPTY):
                return Head((told,), key, start, end)
            break
        else:
            continue
        break
    if own and key not in _EMPTY:
        return Head((own,), key, start, end)
    return Head((), key, start, end)


def person_name(text: str, head: Head, cut: int) -> str | None:
    """The proper name that follows an office in the head: "Foreign Minister [Javad Zarif]"."""
    if not head.words or head.start > cut:
        return None
    name: list[str] = []
    for word in text[head.end : cut].split():
        if not (_PERSON_WORD.match(word) or (name and word.lower() in NAME_JOINTS)):
            if name:
                break
            continue
        name.append(word.strip(",'’"))
    return " ".join(name) or None


def role(text: str, head: Head, former: bool) -> str | None:
    """The office with the capitalised or adjectival words right before it: "Foreign Minister", "army chief"."""
    if not head.words:
        return None
    before = text[: head.start].split()
    office = text[head.start : head.end]
    while before and before[-1].lower() in _OFFICE_WORDS:
        office = f"{before.pop()} {office}"
    return f"former {office}" if former and "former" not in office.lower() else office
