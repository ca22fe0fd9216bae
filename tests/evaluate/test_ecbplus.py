"""ECB+: its format, and what is linked within and across stories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente.errors import ExamError
from detente.evaluate import ecbplus, exams

# Two small stories of two documents each; the mark-up is ECB+'s.
_TEXTS = {
    "1_1ecb": ("A tremor shook Tehama County on Monday .", "tremor", "Q1"),
    "1_2ecb": ("Monday 's quake in Tehama County damaged a school .", "quake", "Q1"),
    "2_1ecb": ("Oslo buys the ferry line Norled for 40 million .", "buys", "B1"),
    "2_2ecb": ("The purchase of Norled by Oslo for 40 million is final .", "purchase", "B1"),
}


def _xml(name: str, text: str, act: str, instance: str) -> str:
    tokens = text.split()
    marks = "".join(f'<token t_id="{i}" sentence="0" number="{i}">{t}</token>' for i, t in enumerate(tokens, 1))
    return (
        f'<Document doc_name="{name}.xml">{marks}<Markables><ACTION_OCCURRENCE m_id="7">'
        f'<token_anchor t_id="{tokens.index(act) + 1}"/></ACTION_OCCURRENCE></Markables><Relations>'
        f'<CROSS_DOC_COREF r_id="9" note="{instance}"><source m_id="7"/><target m_id="8"/></CROSS_DOC_COREF></Relations></Document>'
    )


def _files(folder: Path) -> list[Path]:
    archive, listed = folder / "ecbplus.jsonl", folder / "ecbplus_sentences.csv"
    rows = [{"name": f"{n}.xml", "xml": _xml(n, *t)} for n, t in _TEXTS.items()]
    archive.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    lines = [f"{n.split('_')[0]},{n.split('_')[1]},0\n" for n in _TEXTS]
    listed.write_text("Topic,File,Sentence Number\n" + "".join(lines), "utf-8")
    return [archive, listed]


def test_a_quake_is_a_tremor_and_a_purchase_is_bought(tmp_path: Path) -> None:
    result = exams.run("ecbplus", _files(tmp_path))
    assert result["n"] == 4
    assert result["figures"]["CoNLL F1"] == 1.0
    assert "Held et al." in exams.table(result)


def test_stories_are_told_apart_by_their_words(tmp_path: Path) -> None:
    documents, mentions = ecbplus.read(*_files(tmp_path))
    story = ecbplus.stories(documents)
    assert story["1_1ecb.xml"] == story["1_2ecb.xml"] != story["2_1ecb.xml"] == story["2_2ecb.xml"]
    assert [m.text for m in mentions] == ["tremor", "quake", "buys", "purchase"]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    archive, listed = _files(tmp_path)
    archive.write_text('{"name": "1_1ecb.xml", "xml": "<Document>"}\n', "utf-8")
    with pytest.raises(ExamError, match=r"ecbplus\.jsonl:1"):
        ecbplus.run([archive, listed])
