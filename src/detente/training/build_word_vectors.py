"""Makes `link/word_vectors.npz`: `python -m detente.training.build_word_vectors --base training/work/base/model.safetensors --out src/detente/link/word_vectors.npz`.

The first-layer vectors of the word pieces of all-MiniLM-L6-v2 (Apache-2.0), on their 96 main axes, as bytes: what a word is
like, before any model reads it. They never change with a new model, so stored links stay comparable.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

AXES = 96


def main() -> None:
    from safetensors.numpy import load_file

    from detente.model.tokens import load_tokenizer

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, required=True, help="model.safetensors of all-MiniLM-L6-v2")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    vectors = load_file(str(args.base))["embeddings.word_embeddings.weight"].astype(np.float64)
    tokenizer = load_tokenizer(args.base.parent / "tokenizer.json")
    words = sorted(i for w, i in tokenizer.get_vocab().items() if w.isalpha() and w.isascii() and len(w) > 2)
    centred = vectors - vectors[words].mean(0)
    _, _, axes = np.linalg.svd(centred[words], full_matrices=False)
    turned = centred @ axes[:AXES].T
    # Twice the range of the most extreme word is given to the others: one in 10,000 numbers is cut off.
    scale = 254 / np.abs(turned[words]).max()
    np.savez_compressed(args.out, vectors=np.clip(np.round(turned * scale), -127, 127).astype(np.int8))
    print(f"{args.out}: {turned.shape[0]} pieces, {AXES} numbers each")


if __name__ == "__main__":
    main()
