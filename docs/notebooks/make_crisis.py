"""Writes docs/notebooks/crisis.ipynb, executed: `python docs/notebooks/make_crisis.py` (no Jupyter needed).

The cells are below, in order. A test runs those of the notebook again, in order, with the standard library alone.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CELLS: list[tuple[str, str]] = [
    (
        "markdown",
        """\
# A crisis in ten cells

From 37 reports of January 2020 that come with detente to a figure for a paper. Everything runs offline; every number can be followed to the words of a report.""",
    ),
    (
        "code",
        """\
from pathlib import Path

import detente
from detente import demo, read

store = detente.open("crisis")
reports = read.read_inputs([Path(demo.__file__).parent / "dossier.jsonl"])
done = store.add(reports)
print(done.documents, "reports,", done.events, "events")""",
    ),
    (
        "markdown",
        """\
## What happened
Incidents are joined from all reports of one happening.""",
    ),
    (
        "code",
        """\
store.incidents(dyad="IRN-USA", type="ASSAULT", status="actual")""",
    ),
    (
        "markdown",
        """\
## Is it escalating or easing?
Conflict and cooperation are never netted; days without reports are gaps.""",
    ),
    (
        "code",
        """\
tension = store.tension("IRN", "USA")
print(tension.reading.text)
tension""",
    ),
    (
        "code",
        """\
store.turning_points("IRN", "USA")""",
    ),
    (
        "markdown",
        """\
## Who says what
Disputed facts are kept side by side.""",
    ),
    (
        "code",
        """\
disputed = [c for c in store.claims(dyad="IRN-USA") if c.state == "disputed"]
for claim in disputed[:5]:
    who = claim.claimant.name if claim.claimant else claim.source
    print(claim.said, "|", who, claim.polarity, claim.attribute, claim.value, "|", claim.span.text)""",
    ),
    (
        "markdown",
        """\
## The data in the tools you have
What a store gives is an Arrow stream: DuckDB, polars and pandas take it as it is.""",
    ),
    (
        "code",
        """\
import duckdb

incidents = store.incidents(status="actual")
duckdb.sql(
    "SELECT type, count(*) AS n, sum(reports) AS reports FROM incidents GROUP BY type ORDER BY n DESC, type"
).fetchall()""",
    ),
    (
        "code",
        """\
try:
    import polars

    print(
        polars.DataFrame(store.tension("IRN", "USA", every="week").points).select("day", "conflict", "cooperation", "n")
    )
except ImportError:
    print("polars is not installed here")""",
    ),
    (
        "code",
        """\
try:
    import pandas

    print(pandas.DataFrame(store.forecast(dyad="IRN-USA"))[["actor", "recipient", "type", "probability"]].head(5))
except ImportError:
    print("pandas is not installed here")""",
    ),
    (
        "markdown",
        """\
## The figure
SVG, readable in grey, with its source line; the figures go into a table beside it.""",
    ),
    (
        "code",
        """\
from detente import picture

figure = picture.draw(store, "tension", dyad="IRN-USA")
picture.write(figure, Path("tension.svg"), Path("tension.csv"))


class Figure:
    def _repr_html_(self):
        return figure.svg


Figure()""",
    ),
    (
        "markdown",
        """\
*Limits*: read by a machine from the press. Before you rely on a row, read its words: `store.show(incident_id)`.""",
    ),
]


def run(source: str, names: dict[str, Any]) -> tuple[str, Any]:
    """Run a cell as a notebook would: what it prints, and the value of its last line."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(tree, "<cell>", "exec"), names)
        value = (
            eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if isinstance(last, ast.Expr) else None
        )
    return out.getvalue(), value


def notebook() -> dict[str, Any]:
    """The notebook with its outputs; run in a folder of its own."""
    cells: list[dict[str, Any]] = []
    names: dict[str, Any] = {"__name__": "notebook"}
    for n, (kind, source) in enumerate(CELLS):
        cell: dict[str, Any] = {
            "cell_type": kind,
            "id": f"cell-{n}",
            "metadata": {},
            "source": source.splitlines(keepends=True),
        }
        if kind == "code":
            printed, value = run(source, names)
            count = sum(c["cell_type"] == "code" for c in cells) + 1
            outputs: list[dict[str, Any]] = []
            if printed:
                outputs.append({"output_type": "stream", "name": "stdout", "text": printed.splitlines(keepends=True)})
            if value is not None:
                data: dict[str, Any] = {"text/plain": [_short(value)]}
                if hasattr(value, "_repr_html_"):
                    data["text/html"] = value._repr_html_().splitlines(keepends=True)
                outputs.append(
                    {"output_type": "execute_result", "execution_count": count, "data": data, "metadata": {}}
                )
            cell |= {"execution_count": count, "outputs": outputs}
        cells.append(cell)
    about = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}


def _short(value: Any) -> str:
    if hasattr(value, "_repr_html_"):
        return f"<{type(value).__name__}>"
    said = repr(value)
    return said if len(said) <= 300 else said[:299] + "…"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        before = Path.cwd()
        os.chdir(folder)
        try:
            made = notebook()
        finally:
            os.chdir(before)
    (HERE / "crisis.ipynb").write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
