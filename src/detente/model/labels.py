"""What the network's outputs mean: label lists in the fixed order that the weights were trained with."""

from __future__ import annotations

from detente.ontology import CASUALTY_KINDS, CONTEXTS, MODES, SECTORS, STATUSES, TYPES

# Spans that a trigger may have. Each is tagged apart (outside, begin, inside), so that one phrase can
# serve two roles ("Israeli strikes on Gaza": Gaza is recipient and place).
ROLES: tuple[str, ...] = ("actor", "recipient", "place", "date", "attribution", *CASUALTY_KINDS)
PARTY_ROLES: tuple[str, ...] = ("actor", "recipient", "attribution")

#: Trigger tags: 0 outside, then B-type and I-type for each type.
TRIGGER_TAGS: tuple[str, ...] = ("O", *(f"{bi}-{t}" for t in TYPES for bi in "BI"))
TYPE_LIST: tuple[str, ...] = tuple(TYPES)
MODE_LIST: tuple[str, ...] = tuple(f"{t}/{m}" for t in TYPES for m in MODES[t])
STATUS_LIST: tuple[str, ...] = tuple(STATUSES)
SECTOR_LIST: tuple[str, ...] = tuple(SECTORS)
CONTEXT_LIST: tuple[str, ...] = tuple(CONTEXTS)
CASUALTY_LIST: tuple[str, ...] = tuple(CASUALTY_KINDS)

#: Casing classes, given to the encoder beside each word piece: its vocabulary is lower-cased, and
#: without them "US" and "us" or "Turkey" and "turkey" are one word.
CASINGS: tuple[str, ...] = ("lower", "title", "upper", "mixed", "digit")
MAX_PIECES = 256
