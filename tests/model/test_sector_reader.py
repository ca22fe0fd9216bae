"""What the words of a party lean to in their sentence: the same name shells, speaks and is shelled (CODEBOOK.md section 3)."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from detente.errors import ModelError
from detente.model import labels
from detente.model.coder import DEFAULT, Coder, default_coder
from detente.model.sector_reader import PARTS, SectorReader
from detente.model.tagging import span_pieces, words_of
from detente.model.tokens import load_tokenizer, pieces


def leaning(sentence: str, role: str) -> dict[str, float]:
    (event,) = default_coder().read([sentence])[0].events
    (span,) = event.roles[role]
    return dict(zip(labels.SECTOR_LIST, span.leaning, strict=True))


def test_a_state_that_shells_leans_more_to_its_army_than_one_that_speaks():
    shells = leaning("Israel shelled a village in southern Lebanon on Monday.", "actor")
    speaks = leaning("Israel accused Lebanon of lying on Monday.", "actor")
    assert shells["MIL"] - shells["GOV"] > speaks["MIL"] - speaks["GOV"]


def test_every_party_of_a_sentence_is_looked_at():
    reading = default_coder().read(["Police arrested two journalists in Minsk, the opposition said."])[0]
    spans = [s for e in reading.events for role in labels.PARTY_ROLES for s in e.roles.get(role, ())]
    assert spans
    assert all(len(s.leaning) == len(labels.SECTOR_LIST) for s in spans)


def test_places_and_dates_have_no_leaning():
    (event,) = default_coder().read(["Police arrested two journalists in Minsk on Monday."])[0].events
    assert not any(s.leaning for role in ("place", "date") for s in event.roles.get(role, ()))


def test_the_pieces_of_a_party_are_those_of_its_words():
    (cut,) = pieces(load_tokenizer(DEFAULT / "tokenizer.json"), ["Turkish gendarmes fired."])
    start, end = 8, 17  # gendarmes
    inside = [i for i, (a, b) in enumerate(cut.offsets) if a < end and start < b]
    first, last = span_pieces(words_of(cut), start, end)
    assert list(range(first, last)) == inside


def test_a_damaged_reader_is_told_with_its_path(tmp_path):
    shutil.copytree(DEFAULT, tmp_path / "model")
    (tmp_path / "model/sectors.npz").write_bytes(b"PK no archive")
    with pytest.raises(ModelError, match=r"sectors\.npz cannot be loaded.*make model"):
        Coder(tmp_path / "model")


def test_a_damaged_graph_is_told(tmp_path):
    shutil.copytree(DEFAULT, tmp_path / "model")
    (tmp_path / "model/sectors.onnx").write_bytes(b"no graph")
    with pytest.raises(ModelError, match=r"model files in .* cannot be loaded"):
        Coder(tmp_path / "model")


@pytest.mark.parametrize("name", ["sectors.npz", "sectors.onnx"])
def test_a_missing_reader_is_told(tmp_path, name):
    shutil.copytree(DEFAULT, tmp_path / "model")
    (tmp_path / "model" / name).unlink()
    with pytest.raises(ModelError, match=rf"{name} is missing"):
        Coder(tmp_path / "model")


def test_a_reader_that_was_not_taught_adds_nothing(tmp_path):
    with np.load(DEFAULT / "sectors.npz") as stored:
        np.savez(tmp_path / "silent.npz", **{name: np.zeros_like(stored[name]) for name in PARTS})
    vectors = np.random.default_rng(0).normal(size=(2, 384)).astype(np.float32)
    assert not SectorReader(tmp_path / "silent.npz").leanings(vectors, np.array([0, 3]), np.array([0, 1])).any()
