"""The neural coder at run time: sentences in, readings out (what the weights say, with probabilities).

One encoder pass a sentence; then a small block reads the roles of each trigger from the same vectors.
Runs on onnxruntime, tokenizers and numpy alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate, chain
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from detente.errors import ModelError
from detente.model import labels
from detente.model.gate import Gate
from detente.model.report_reader import Asked, ReportReader
from detente.model.sector_reader import SectorReader
from detente.model.tagging import RoleSpan as RoleSpan
from detente.model.tagging import TriggerSpan, Words, members, role_spans, span_pieces, triggers, word_means, words_of
from detente.model.tokens import Pieces, load_tokenizer, pieces

FORMAT = 4
DEFAULT = Path(__file__).parent / "small"
FILES = (
    "card.json",
    "tokenizer.json",
    "encoder.onnx",
    "roles.onnx",
    "pairs.onnx",
    "sectors.onnx",
    "gate.npz",
    "sectors.npz",
)
Floats = NDArray[np.float32]
A = TypeVar("A")
T = TypeVar("T")
_AT_ONCE = 4  # sentences; 8 take no less time, and padding grows
_TELLS = 0.05  # probability below which a word is not told as one that names a party's country
_OF_A_PLACE = 0.03  # probability below which a word is not told as one of a place phrase
_PLACE = labels.ROLES.index("place")
_MUTUAL = frozenset({"AGREE", "CONSULT"})  # "X met with Y": both are actors, wherever they stand
_PAIR_TRIGGERS = 3  # words that are tried as the trigger of each type when two parties are given


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a probability becomes a yes; chosen on held-back training reports, written in the model's card."""

    trigger: float = 0.5
    actor: float = 0.5
    recipient: float = 0.5
    place: float = 0.5
    date: float = 0.5
    attribution: float = 0.5
    count: float = 0.5  # of the numbers of casualties
    mode: float = 0.5
    context: float = 0.4
    implied: float = 0.5
    joined: float = 0.3  # of an actor or recipient that "and" joins to the likeliest one
    further: float = 0.85  # of one that stands elsewhere

    def of_role(self, role: str) -> float:
        """The threshold of a role of `labels.ROLES`."""
        return float(getattr(self, role, self.count))


@dataclass(frozen=True, slots=True)
class Reading:
    """One trigger of a sentence and what hangs on it."""

    start: int
    end: int
    type: str
    probability: float
    status: str
    status_probability: float
    modes: tuple[str, ...]
    roles: dict[str, tuple[RoleSpan, ...]]
    implied: tuple[str, ...]
    told: tuple[CountryWord, ...] = ()
    #: Words [start, end) that may be of the event's place, though no span of it was sure enough of them.
    place_words: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CountryWord:
    """A word [start, end) of the sentence, and how likely it tells the country of the actor and of the recipient."""

    start: int
    end: int
    actor: float
    recipient: float


@dataclass(frozen=True, slots=True)
class PairReading:
    """What one party does to another, if a sentence tells one event of ``type`` by the words [start, end).

    ``of_pair``: probability of the type for these two parties; ``probability``: of that trigger; ``as_actor``, ``as_recipient``: of the source's and the target's words in each
    of the two roles, (source, target).
    """

    start: int
    end: int
    type: str
    of_pair: float
    probability: float
    as_actor: tuple[float, float]
    as_recipient: tuple[float, float]
    modes: tuple[str, ...]
    status: str


@dataclass(frozen=True, slots=True)
class SentenceReading:
    """All events of a sentence, and how much it speaks of each of the 37 contexts (probabilities)."""

    events: tuple[Reading, ...]
    contexts: Floats


@dataclass(frozen=True, slots=True)
class Seen:
    """A sentence in word pieces with the encoder's vectors [pieces, width]; None if the gate kept it from the encoder."""

    cut: Pieces
    vectors: Floats | None


class Coder:
    """The loaded model: give it sentences, it gives a `SentenceReading` for each, in the same order.

    ``threads`` is how many sentences are read at a time (None: one a core).
    Raises ModelError if a file is missing, damaged, or of another format.
    """

    def __init__(self, folder: Path = DEFAULT, threads: int | None = None) -> None:
        import onnxruntime

        for name in FILES:
            if not (folder / name).is_file():
                raise ModelError(f"model file {folder / name} is missing: reinstall detente, or run `make model`")
        self.card: dict[str, Any] = json.loads((folder / "card.json").read_text("utf-8"))
        if self.card.get("format") != FORMAT:
            raise ModelError(f"model {folder} has format {self.card.get('format')}, this detente reads format {FORMAT}")
        if self.card["labels"]["triggers"] != list(labels.TRIGGER_TAGS):
            raise ModelError(f"model {folder} was trained with another ontology: run `make model`")
        self.name: str = self.card["name"]
        self.thresholds = Thresholds(**self.card.get("thresholds", {}))
        self._calibration = np.array(self.card.get("calibration") or [[0.0, 0.0], [1.0, 1.0]]).T
        self._gate = Gate(folder / "gate.npz")
        self._gate_limit = float(self.card["gate"]["threshold"])
        self._tokenizer = load_tokenizer(folder / "tokenizer.json")
        self._threads = threads or os.cpu_count() or 1
        self._pool: ThreadPoolExecutor | None = None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # The arena keeps every largest shape it ever saw; without it memory stays flat at no cost in speed.
        options.enable_cpu_mem_arena = False
        # The files hold weights in 8 bits; with this they are made 32 bits once, when they are loaded. Products in 8 bits are
        # slower without VNNI (18 ms a sentence against 12), and read a sentence otherwise there than with it.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        try:
            self._encoder, self._roles, self._pairs, sectors = (
                onnxruntime.InferenceSession(
                    str(folder / name),
                    options,
                    providers=["CPUExecutionProvider"],
                    # onnxruntime 1.32 computes the fused kernel ten times slower than its two parts: 4.4 against 3.8 ms a sentence.
                    disabled_optimizers=["SkipLayerNormFusion"],
                )
                for name in ("encoder.onnx", "roles.onnx", "pairs.onnx", "sectors.onnx")
            )
        except Exception as error:  # onnxruntime raises bare pybind exceptions
            raise ModelError(f"model files in {folder} cannot be loaded: {error}") from error
        self.report_reader = ReportReader(sectors, SectorReader(folder / "sectors.npz"))

    def read(self, sentences: Sequence[str], reports: Sequence[int] | None = None) -> list[SentenceReading]:
        """What each sentence reports. Sentences over `labels.MAX_PIECES` word pieces are read up to there.

        ``reports``: how many of the sentences each report has, in their order (None: each sentence is a report of its own). What a
        party's sectors lean to is read from its report, everything else from its sentence.
        A few of about one length are read at once, which takes a sixth less time and gives each the very vectors that it has alone.
        """
        cut = pieces(self._tokenizer, sentences)
        out = [SentenceReading((), np.zeros(len(labels.CONTEXT_LIST), np.float32)) for _ in cut]
        vectors: list[Floats | None] = [None] * len(cut)
        asked = [i for i, one in enumerate(cut) if self._is_read(one)]
        asked.sort(key=lambda i: len(cut[i].ids))
        groups = [[cut[i] for i in asked[at : at + _AT_ONCE]] for at in range(0, len(asked), _AT_ONCE)]
        for i, seen in zip(asked, chain.from_iterable(self._map(self._read_some, groups)), strict=True):
            out[i], vectors[i] = seen
        ends = list(accumulate(reports or [1] * len(cut)))
        parts = [slice(begin, end) for begin, end in zip([0, *ends], ends, strict=False)]
        found = self._map(lambda part: self._with_leanings(out[part], vectors[part], cut[part]), parts)
        return list(chain.from_iterable(found))

    def read_pair(
        self, sentence: str, source: tuple[int, int] | None, target: tuple[int, int] | None
    ) -> list[PairReading]:
        """For each type, its likeliest trigger and how well the two parties (code-point spans) fit its roles."""
        (cut,) = pieces(self._tokenizer, [sentence])
        hidden, trigger, _ = self._encoder.run(None, _inputs(cut))
        words = words_of(cut)
        if not words.first:
            return []
        means = word_means(words, softmax(trigger)[0])
        kinds = means[:, 1::2] + means[:, 2::2]
        # A party's own name is rarely the trigger that joins it to the other.
        found = [
            TriggerSpan(int(i), int(i) + 1, kind, float(kinds[i, kind]))
            for kind in range(kinds.shape[1])
            for i in np.argsort(-kinds[:, kind])[:_PAIR_TRIGGERS]
        ]
        roles, _, modes, status, _, _ = self._role_outputs(hidden, words, found)
        parties = [
            [i for i, (a, b) in enumerate(cut.offsets) if span and a < span[1] and span[0] < b]
            for span in (source, target)
        ]
        given = np.zeros((1, hidden.shape[1]), np.int64)
        for which, at in enumerate(parties, 1):
            given[0, at] = which
        (logits,) = self._pairs.run(None, {"hidden": hidden, "mask": np.ones_like(given), "parties": given})
        of_pair = softmax(logits)[0]
        out = []
        for n, span in enumerate(found):
            inside = 1.0 - roles[n, :, :, 0]
            fits = [
                tuple(float(inside[at, labels.ROLES.index(role)].mean()) if at else 0.0 for at in parties)
                for role in ("actor", "recipient")
            ]
            out.append(
                PairReading(
                    words.start[span.first],
                    words.end[span.last - 1],
                    labels.TYPE_LIST[span.type],
                    float(of_pair[span.type]),
                    span.probability,
                    (fits[0][0], fits[0][1]),
                    (fits[1][0], fits[1][1]),
                    self._modes(modes[n], labels.TYPE_LIST[span.type]),
                    labels.STATUS_LIST[int(status[n].argmax())],
                )
            )
        return out

    def embed(self, sentences: Sequence[str]) -> Floats:
        """Mean vectors [sentences, width] of the encoder, for likeness between sentences."""
        return np.stack(list(self._map(self._embed_one, pieces(self._tokenizer, sentences))))

    def vectors(self, cut: Pieces) -> Floats:
        """The encoder's vectors [pieces, width] of a sentence in word pieces."""
        (hidden,) = self._encoder.run(["hidden"], _inputs(cut))
        out: Floats = hidden[0]
        return out

    def seen(self, sentences: Sequence[str]) -> list[Seen]:
        """What the encoder makes of sentences."""
        return [
            Seen(one, self.vectors(one) if self._is_read(one) else None) for one in pieces(self._tokenizer, sentences)
        ]

    def _is_read(self, cut: Pieces) -> bool:
        """Whether the gate lets a sentence through to the encoder."""
        return self._gate.score(cut.ids) > self._gate_limit

    def confidence(self, certainty: float) -> float:
        """The share of events of this certainty (type and status) that were right on held-back reports."""
        return float(np.interp(certainty, self._calibration[0], self._calibration[1]))

    def _map(self, work: Callable[[A], T], given: Sequence[A]) -> Iterable[T]:
        """Several at a time: onnxruntime lets go of the interpreter while it computes."""
        if self._threads == 1 or len(given) == 1:
            return map(work, given)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="detente-coder")
        return self._pool.map(work, given)

    def _embed_one(self, cut: Pieces) -> Floats:
        mean: Floats = self.vectors(cut).mean(0)
        return mean

    def _read_some(self, cut: Sequence[Pieces]) -> list[tuple[SentenceReading, Floats]]:
        """The readings of some sentences, with their vectors [pieces, width]."""
        hidden, trigger, context = self._encoder.run(None, _inputs(*cut))
        mine = [hidden[n : n + 1, : len(one.ids)] for n, one in enumerate(cut)]
        return [
            (self._read_one(one, mine[n], trigger[n, : len(one.ids)], context[n]), mine[n][0])
            for n, one in enumerate(cut)
        ]

    def _read_one(self, cut: Pieces, hidden: Floats, trigger: Floats, context: Floats) -> SentenceReading:
        """A reading from what the encoder says of a sentence: ``hidden`` [1, pieces, width], ``trigger`` [pieces, tags], ``context``."""
        probabilities = softmax(trigger)
        readings: list[Reading] = []
        if probabilities[1 : len(cut.ids) - 1, 1:].sum(-1).max(initial=0.0) > 0.5 * self.thresholds.trigger:
            words = words_of(cut)
            found = triggers(words, probabilities, self.thresholds.trigger)
            # A sentence of a hundred triggers must not take a hundred times the memory.
            for at in range(0, len(found), 64):
                readings += self._read_roles(hidden, words, found[at : at + 64], cut.text)
        return SentenceReading(tuple(readings), _sigmoid(context))

    def _read_roles(self, hidden: Floats, words: Words, found: list[TriggerSpan], sentence: str) -> Iterator[Reading]:
        roles, sectors, modes, status, implied, told = self._role_outputs(hidden, words, found)
        limits = self.thresholds
        # Of every role at once: [words, roles, outside begin inside].
        means = [word_means(words, r.reshape(len(r), -1)).reshape(len(words.first), *r.shape[1:]) for r in roles]
        for i, span in enumerate(found):
            name = labels.TYPE_LIST[span.type]
            best = int(status[i].argmax())
            yield Reading(
                words.start[span.first],
                words.end[span.last - 1],
                name,
                span.probability,
                labels.STATUS_LIST[best],
                float(status[i, best]),
                self._modes(modes[i], name),
                {
                    role: spans
                    for r, role in enumerate(labels.ROLES)
                    if (inside := 1.0 - means[i][:, r, 0]).max() > limits.of_role(role)
                    and (
                        spans := tuple(
                            self._spans(role, name in _MUTUAL, words, roles[i, :, r], inside, sectors[i], sentence)
                        )
                    )
                },
                tuple(k for k, p in zip(labels.CASUALTY_LIST, implied[i], strict=True) if p > limits.implied),
                tuple(_country_words(words, told[i])),
                tuple(
                    (words.start[w], words.end[w]) for w in np.flatnonzero(1.0 - means[i][:, _PLACE, 0] > _OF_A_PLACE)
                ),
            )

    def _with_leanings(
        self, readings: list[SentenceReading], vectors: Sequence[Floats | None], cut: Sequence[Pieces]
    ) -> list[SentenceReading]:
        """The readings of a report with what each party leans to."""
        asked = []
        for n, reading in enumerate(readings):
            if not reading.events:
                continue
            words = words_of(cut[n])
            for event, role, span in _parties(reading):
                kind, side = labels.TYPE_LIST.index(event.type), labels.PARTY_ROLES.index(role)
                asked.append(Asked(n, *span_pieces(words, span.start, span.end), kind, side))
        if not asked:
            return readings
        told = iter(self.report_reader.leanings(vectors, asked).tolist())
        return [
            replace(
                reading,
                events=tuple(
                    replace(
                        event,
                        roles={
                            role: tuple(replace(span, leaning=tuple(next(told))) for span in spans)
                            if role in labels.PARTY_ROLES
                            else spans
                            for role, spans in event.roles.items()
                        },
                    )
                    for event in reading.events
                ),
            )
            for reading in readings
        ]

    def _spans(
        self, role: str, mutual: bool, words: Words, tags: Floats, inside: Floats, sectors: Floats, sentence: str
    ) -> Iterable[RoleSpan]:
        limits = self.thresholds
        least = limits.of_role(role)
        if role not in ("actor", "recipient"):
            return role_spans(words, tags, inside, sectors, least, role)
        found = list(role_spans(words, tags, inside, sectors, min(least, limits.joined), role))
        return members(found, sentence, least, limits.joined, least if mutual else limits.further)

    def _role_outputs(self, hidden: Floats, words: Words, found: list[TriggerSpan]) -> tuple[Floats, ...]:
        """Probabilities of the role block for each trigger: role tags, sectors, modes, status, implied casualties, and
        whether a piece tells the country of the actor and of the recipient."""
        inside = np.zeros((len(found), hidden.shape[1]), np.int64)
        for i, span in enumerate(found):
            inside[i, words.first[span.first] : words.last[span.last - 1]] = 1
        roles, sectors, modes, status, implied, told = self._roles.run(
            None,
            {
                "hidden": np.repeat(hidden, len(found), 0),
                "mask": np.ones_like(inside),
                "inside": inside,
                "types": np.array([span.type for span in found], np.int64),
            },
        )
        return softmax(roles), _sigmoid(sectors), _sigmoid(modes), softmax(status), _sigmoid(implied), _sigmoid(told)

    def _modes(self, probabilities: Floats, kind: str) -> tuple[str, ...]:
        return tuple(
            mode.partition("/")[2]
            for mode, p in zip(labels.MODE_LIST, probabilities, strict=True)
            if p > self.thresholds.mode and mode.startswith(kind + "/")
        )


@cache
def default_coder(threads: int | None = None) -> Coder:
    """The shipped model, loaded once."""
    return Coder(threads=threads)


def _parties(reading: SentenceReading) -> Iterator[tuple[Reading, str, RoleSpan]]:
    """The parties of a sentence, each with its event and its role."""
    for event in reading.events:
        for role, spans in event.roles.items():
            if role in labels.PARTY_ROLES:
                for span in spans:
                    yield event, role, span


def _country_words(words: Words, told: Floats) -> Iterator[CountryWord]:
    """The words that may tell a country; ``told`` is [pieces, 2] of actor, recipient."""
    means = word_means(words, told)
    for i in np.flatnonzero(means.max(1, initial=0.0) > _TELLS):
        yield CountryWord(words.start[i], words.end[i], float(means[i, 0]), float(means[i, 1]))


def _inputs(*cut: Pieces) -> dict[str, NDArray[np.int64]]:
    """Sentences of several lengths, the shorter ones filled up with pieces of padding."""
    ids, casings = np.zeros((2, len(cut), max(len(one.ids) for one in cut)), np.int64)
    for n, one in enumerate(cut):
        ids[n, : len(one.ids)], casings[n, : len(one.ids)] = one.ids, one.casings
    return {"ids": ids, "casings": casings}


def softmax(x: Floats) -> Floats:
    """Probabilities over the last axis, of log-odds."""
    e = np.exp(x - x.max(-1, keepdims=True))
    out: Floats = e / e.sum(-1, keepdims=True)
    return out


def _sigmoid(x: Floats) -> Floats:
    out: Floats = (1.0 / (1.0 + np.exp(-np.clip(x, -30.0, 30.0)))).astype(np.float32)
    return out
