"""The words of harm of news prose ("killing", "were wounded", "arrests") and the closed word classes around them.

Kinds are those of CODEBOOK.md section 4. The forms were collected from the casualty lines of the training annotations
(training/annotations, the C fields), not from the references. Tables in the code, not data files, because each is a part of the
grammar of `toll_people.py`, `toll_subjects.py` and `tolls.py` that reads them.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from detente.resolve.numbers import Quantity, quantities


def _forms(kind: str, table: str) -> dict[str, tuple[str, str]]:
    """ "kill kills killing killed": the first three govern an object, the last is also a participle."""
    out = {}
    for line in table.split(";"):
        *active, past = line.split()
        out.update(dict.fromkeys(active, (kind, "act")))
        out[past] = (kind, "past")
    return out


# "taken" is no casualty: whom a sentence tells to be kidnapped, captured or freed is not counted as killed.
_CUES: dict[str, tuple[str, str]] = {
    **_forms(
        "killed",
        "kill kills killing killed; murder murders murdering murdered; assassinate assassinates assassinating assassinated;"
        "execute executes executing executed; behead beheads beheading beheaded; massacre massacres massacring massacred;"
        "slaughter slaughters slaughtering slaughtered; lynch lynches lynching lynched; slay slays slaying slew slain; butcher butchers butchering butchered; hang hangs hanging hanged",
    ),
    **_forms(
        "injured", "injure injures injuring injured; wound wounds wounding wounded; maim maims maiming maimed; hurt hurts hurting hurt;"
        "hospitalize hospitalizes hospitalizing hospitalized; hospitalise hospitalises hospitalising hospitalised",
    ),
    **_forms(
        "detained", "arrest arrests arresting arrested; detain detains detaining detained; jail jails jailing jailed; apprehend apprehends apprehending apprehended;"
        "imprison imprisons imprisoning imprisoned",
    ),
    **_forms("displaced", "displace displaces displacing displaced; evacuate evacuates evacuating evacuated"),
    **_forms("taken", "kidnap kidnaps kidnapping kidnapped; abduct abducts abducting abducted; capture captures capturing captured; free frees freeing freed;"
        "release releases releasing released; rescue rescues rescuing rescued; deport deports deporting deported"),
    **_forms("displaced", "evict evicts evicting evicted"),
    **dict.fromkeys(("die", "dies", "died", "perish", "perishes", "perished"), ("killed", "die")),
    **dict.fromkeys(("flee", "flees", "fled"), ("displaced", "die")),
    **dict.fromkeys(("disappeared", "vanished"), ("missing", "die")),
    "dead": ("killed", "adjective"),
    **dict.fromkeys(("missing", "unaccounted"), ("missing", "adjective")),
    "homeless": ("displaced", "adjective"),
    **dict.fromkeys(("deaths", "death", "fatalities", "killings", "murders", "executions", "assassinations", "bodies", "corpses", "lives", "assassination", "execution"), ("killed", "noun")),
    **dict.fromkeys(("killer", "killers"), ("killed", "noun")),
    **dict.fromkeys(("injuries",), ("injured", "noun")),
    **dict.fromkeys(("detention", "detentions", "imprisonment"), ("detained", "noun")),
    **dict.fromkeys(("evacuation", "displacement"), ("displaced", "noun")),
    "toll": ("killed", "toll"),
}  # fmt: skip


_TO_DEATH = tuple(
    "stabbed beaten beat burned burnt hacked clubbed stoned bludgeoned tortured crushed trampled strangled kicked".split()
)


# Words of several tokens, by their first: the rest, and how many of them stand for the word in the sentence.
_PHRASES: dict[str, tuple[tuple[tuple[str, ...], str, str], ...]] = {
    "shot": ((("dead",), "killed", "past"), (("to", "death"), "killed", "past")),
    "shoot": ((("dead",), "killed", "act"),),
    "shoots": ((("dead",), "killed", "act"),),
    "shooting": ((("dead",), "killed", "act"), (("deaths",), "killed", "noun"), (("death",), "killed", "noun")),
    "gun": ((("down",), "killed", "act"),),
    "guns": ((("down",), "killed", "act"),),
    "gunning": ((("down",), "killed", "act"),),
    **dict.fromkeys(("mown", "mowed"), ((("down",), "killed", "past"),)),
    **dict.fromkeys(("mow", "mows", "mowing"), ((("down",), "killed", "act"),)),
    "gunned": ((("down",), "killed", "past"),),
    **dict.fromkeys(_TO_DEATH, ((("to", "death"), "killed", "past"),)),
    "taken": ((("into", "custody"), "detained", "past"),),
    "round": ((("up",), "detained", "act"),),
    "rounds": ((("up",), "detained", "act"),),
    "rounding": ((("up",), "detained", "act"),),
    "rounded": ((("up",), "detained", "past"),),
    "lost": ((("their", "lives"), "killed", "die"), (("his", "life"), "killed", "die"), (("her", "life"), "killed", "die")),
    "forced": ((("to", "flee"), "displaced", "past"), (("from", "their", "homes"), "displaced", "past")),
    "driven": ((("from", "their", "homes"), "displaced", "past"),),
    "suffered": ((("injuries",), "injured", "die"), (("minor", "injuries"), "injured", "die"), (("serious", "injuries"), "injured", "die")),
    "sustained": ((("injuries",), "injured", "die"), (("minor", "injuries"), "injured", "die")),
}  # fmt: skip


def words_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


BE = words_of("is are was were be been being am gets get got getting 's 're")


_SINGULAR_BE, _PLURAL_BE = words_of("is was has"), words_of("are were have")


AUX = BE | words_of("has have had will would could may might must can should do does did")


PREPOSITION = words_of(
    "in on at by near during after before with from for to since because over under within outside inside across along amid amidst between following "
    "against around off into onto through throughout until till upon via per than despite among amongst like about without toward towards behind beside "
    "besides including"
)


RELATIVE = words_of("who whom which that whose where")


CONJUNCTION = words_of(
    "when while as if but though although whereas because since until unless once whether so yet or nor"
)


SAYING = words_of(
    "said says say saying reported reports report told tells claimed claims claim announced announces announce confirmed confirms confirm added adds "
    "believes believe estimated estimates estimate"
)


ADVERB = words_of(
    "also later then all both already recently now not being been since allegedly again still apparently either soon seriously"
)


STOP = (
    AUX | PREPOSITION | RELATIVE | CONJUNCTION | SAYING | words_of(", ; : . ? ! ( ) [ ] \" “ ” — – - and plus alongside together also respectively earlier later today yesterday each alone there then")
)  # fmt: skip


ENDS = words_of("; : . ? ! ( ) — –")


ARTICLE = words_of("a an another one")


HARMED = words_of("dead killed wounded injured victims missing")


POSSESSIVE = words_of("his her its their our my your the this that these those")


BEFORE_NUMBER = words_of("all nearly some the last first both about these those")


PRONOUN = words_of("he she him her i me")


NOBODY = words_of("nobody none neither")


PLURAL_WORDS = words_of(
    "people children police troops personnel forces those them they others themselves us we taliban media staff crew cattle livestock"
)


COLLECTIVE = words_of(
    "group family couple crew team unit majority number half third quarter everyone everybody anyone anybody whoever convoy pair minority dozen total rest series fifth "
    "body party what it this that there nothing man-made"
)


# ARTICLE number of these is none of people (unless the word only describes who follows).
THINGS = re.compile(
    r"(?:missiles?|rockets?|drones?|bombs?|attacks?|strikes?|airstrikes|explosions?|blasts?|bombings?|shootings?|raids?|vehicles?|cars?|trucks?|buses|tanks?|aircraft|"
    r"planes?|helicopters?|jets|ships?|boats|vessels|houses?|homes|buildings?|structures|shops|schools|hospitals|churches|mosques|cities|towns?|villages?|provinces|"
    r"states|countries|charges|counts|targets|sites|bases|positions|posts|outposts|locations|areas|districts|incidents|cases|occasions|rounds|shells|mortars|weapons|"
    r"rifles|guns|bullets|projectiles|shots|sentences|parts|reasons|fronts|camps|stations|tunnels|cattle|pigs|chickens|birds|animals|dogs|goats|sheep|cows|horses|elephants|camels|"
    r"wounds|protests|rallies|clashes|meetings|elections|seats|votes|laws|points|dollars|euros|metres|meters|hostilities|lines|roads|bridges|farms|warehouses|"
    r"refineries|plants|invasion|plot|plan|plans|operation|operations|order|orders|warrant|warrants|mission|offensive|ship|vessel|plane|suburb|contingent|facilities|floors|storey|story|stories|agencies|sources|reports|rally|protest|day|days|year|years|month|months|week|weeks|hour|hours|time|times)"
)


PERSON = re.compile(
    r"\w+(?:er|or|man|woman|ist|ian)|\w*chief|head|guard|bodyguard|wife|son|daughter|child|boy|girl|baby|nun|priest|imam|pilot|judge|nurse|maid|spy|king|aide|cousin|"
    r"nephew|niece|colleague|deputy|president|student|agent|assistant|guide|victim|spouse|fiancee?|friend|attaché|mayor|sheikh|bishop|uncle|aunt|twin|teenager"
)


WEEKDAY = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:january|february|march|april|may|june|july|august|september|october|november|december)|"
    r"(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?"
)


_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}|\b[A-Z]\.(?=\s[A-Z])|\b(?:Mr|Mrs|Ms|Dr|Lt|Col|Gen|Sgt|Maj|Capt|Brig|Rev|St|Gov|Sen|Rep|Pvt|Cpl|Prof|Sr|Jr|Mt)\."
    r"|\d[\d.,:]*\d|[^\W_]+(?:['’‘`.-][^\W_]+)*|[^\w\s]|_"
)


_TAKE = words_of("take takes took taking taken hold holds held holding")
_BEFORE_NOUN = words_of("mass to of for in after over under and")
_MOST_TOKENS = 600  # of a sentence; the model reads 256 word pieces


class Words:
    """A sentence's tokens: forms and spans, the counts and the words of harm that begin at each.

    ``counts``: first token to (token after, count); ``inside``: tokens of counts; ``cues``: first token of a word of harm to
    (kind, grammar, tokens). Grammar is "act" (object follows), "past" (past tense or participle), "die" (subject before),
    "adjective", "noun" or "toll".
    """

    __slots__ = ("counts", "cues", "ends", "inside", "lower", "starts", "words")

    def __init__(self, text: str) -> None:
        found = []
        for match in _TOKEN.finditer(text):
            found.append(match)
            if len(found) == _MOST_TOKENS:
                break
        self.words = [m[0] for m in found]
        self.lower = [w.lower() for w in self.words]
        self.starts = [m.start() for m in found]
        self.ends = [m.end() for m in found]
        self.counts: dict[int, tuple[int, Quantity]] = {}
        self.inside: set[int] = set()
        for start, end, count in quantities(text[: self.ends[-1]] if found else ""):
            first = bisect_left(self.ends, start + 1)
            last = bisect_left(self.starts, end)
            self.counts[first] = (last, count)
            self.inside.update(range(first, last))
        self.cues = {i: cue for i in range(len(self.words)) if (cue := self._cue(i))}

    def __len__(self) -> int:
        return len(self.words)

    def at(self, i: int) -> str:
        """The lower-case token, or "" outside the sentence."""
        return self.lower[i] if 0 <= i < len(self.lower) else ""

    def capital(self, i: int) -> bool:
        """Whether a token has an upper-case letter."""
        return 0 <= i < len(self.words) and any(c.isupper() for c in self.words[i])

    def _cue(self, i: int) -> tuple[str, str, int] | None:
        """Kind, grammar and number of tokens of a word of harm."""
        word = self.lower[i]
        for rest, kind, grammar in _PHRASES.get(word, ()):
            if tuple(self.lower[i + 1 : i + 1 + len(rest)]) == rest:
                return kind, grammar, 1 + len(rest)
        if word in _TO_DEATH or word in ("shot", "shoot", "shoots"):
            for k in range(i + 2, min(i + 12, len(self.lower))):
                if self.lower[k] in ENDS or self.lower[k] == ",":
                    break
                if self.lower[k : k + 2] == ["to", "death"] or (self.lower[k] == "dead" and word.startswith("sho")):
                    return "killed", "act", 1  # "hacked a pastor to death", "shot him dead"
        if word in _TAKE and "hostage" in self.lower[i + 1 : i + 9]:
            return "taken", "act", 1
        if word not in _CUES:
            return None
        kind, grammar = _CUES[word]
        if word == "dead" and self.at(i + 1) in ("sea", "end", "or"):
            return None
        if kind == "taken" and i and self.words[i].istitle() and (self.capital(i - 1) or self.capital(i + 1)):
            return None  # "the International Rescue Committee"
        if grammar == "act" and word != "hurt" and self._is_noun(i):
            grammar = "noun"
        return kind, grammar, 1

    def _is_noun(self, i: int) -> bool:
        before, after = self.at(i - 1), self.at(i + 1)
        return (
            after in ("of", "by")
            or before in ARTICLE
            or before in POSSESSIVE
            or before.endswith(("'s", "’s", "s'"))
            or (after in STOP and (i - 1 in self.inside or before in _BEFORE_NOUN))
        )


def plural(word: str) -> bool:
    """Whether a lower-case noun looks like a plural."""
    return word in PLURAL_WORDS or word.endswith(("men", "people", "women")) or (
        word.endswith("s") and not word.endswith(("ss", "us", "is", "'s", "’s", "as"))
    )  # fmt: skip
