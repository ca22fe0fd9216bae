"""`docs/evaluation.md`, written from what was measured: our figures, those of others beside them, and the command for each."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from detente import knowledge
from detente.errors import ExamError
from detente.evaluate import exams, gold
from detente.model.coder import default_coder
from detente.version import __version__

_HEAD = """# Evaluation

```sh
detente evaluate gold.jsonl
detente evaluate gold.jsonl events.jsonl --json
```

The first codes the annotated reports itself; the second scores events of any coder. Both print event, quad, type, type+modes,
type+actor, type+dyad and full F1, the share of right fields given the right type, F1 by type, and confusions. Events of the
same sentence are matched one to one. Public exams go by name: `detente evaluate plv`, `aw`, `plover-records`; their files are looked
for in `$DETENTE_EXAMS`, then in `../shared/exams`, or are named on the command line.

| level | what must be right |
|---|---|
| event | an event in that sentence |
| quad, type, type+modes | and its quad; its type (or another that the reference accepts); its modes too |
| type+actor, type+dyad | and the countries of the actors; of the recipients too |
| full | and status, and the date where the sentence tells one |

A reference is one document a line: `id`, `title`, `published`, `source`, `url`, `text`, `sentences` (spans), `contexts`, `events`;
an event has `sentence` (index from 0), `type`, `modes`, `trigger`, `actors`, `recipients`, `place`, `date` with `value`, `status`,
`attribution`, `casualties`. `tests/gold/dev.jsonl` is one.

CI holds the scores on the development gold above `tests/floors.toml`, which only rises.
"""
_GOLD = "### Development gold"
_LEVELS = ("event", "type", "type+modes", "type+actor", "type+dyad", "full")
# Two careful people by the same rules, same scorer (docs/data.md).
_PEOPLE = {"event": 0.91, "type": 0.85, "type+dyad": 0.74, "full": 0.73}


def write(page: Path, reference: Path, **folders: Path | None) -> None:
    """Measure on the development gold and on every exam at hand, and write the page. ``folders``: as `exams.run` takes them."""
    lines = [_HEAD, f"## Figures of {date.today().isoformat()}", ""]
    lines.append(
        f"{_versions()}. All this page: `detente evaluate --write {page.as_posix()} --coded coded/`; one exam of it: "
        f"`detente evaluate EXAM --write {page.as_posix()}`."
    )
    lines += ["", *_gold_part(reference)]
    for name, exam in exams.EXAMS.items():
        if not exams.find(name):
            said = f"Not at hand when this page was written: {exam.files[0]} of {exam.origin}."
            lines += ["", f"### {exam.title}", "", said]
            continue
        lines += ["", *_part(name, exams.run(name, (), None, None, **{k: folders.get(k) for k in exam.folders}))]
    page.write_text("\n".join(lines) + "\n", "utf-8", newline="\n")


def replace(page: Path, name: str, result: dict[str, Any]) -> None:
    """Put the figures of one exam, as `exams.run` gives them, in the place of those that the page has, or at its end. Raises
    ExamError for a page that cannot be read."""
    _put(page, f"### {exams.EXAMS[name].title}", _part(name, result))


def replace_gold(page: Path, reference: Path) -> None:
    """Put the figures of the development gold in the place of those that the page has, or at its end. Raises ExamError for a page or
    reference that cannot be read."""
    _put(page, _GOLD, _gold_part(reference))


def _put(page: Path, title: str, part: list[str]) -> None:
    try:
        lines = page.read_text("utf-8").splitlines()
    except OSError as error:
        raise ExamError(f"{page}: {error.strerror or 'cannot be read'}") from None
    first = next((n for n, line in enumerate(lines) if line == title or line.startswith(f"{title} (")), len(lines))
    last = next((n for n in range(first + 1, len(lines)) if lines[n].startswith("#")), len(lines))
    before = [*lines[:first], *([""] if first == len(lines) else [])]
    after = ["", *lines[last:]] if last < len(lines) else []
    page.write_text("\n".join([*before, *part, *after]) + "\n", "utf-8", newline="\n")


def _versions() -> str:
    return f"detente {__version__}, model {default_coder().name}, tables {knowledge.VERSION}"


def _gold_part(reference: Path) -> list[str]:
    """The lines of the development gold on the page."""
    reports = gold.read_reference(reference)
    events = list(gold.code_reference(reference, reports))
    long = [r for r in reports if str(r["id"]).startswith("wn")]  # Wikinews: whole articles
    whole, articles = gold.score(reports, events), gold.score(long, events)
    lines = [f"{_GOLD} ({len(reports)} reports, {whole['event']['n']} events)", ""]
    lines += [
        f"`detente evaluate {reference.as_posix()}`. Whole articles: its {len(long)} Wikinews reports, {articles['event']['n']} events. {date.today().isoformat()}, {_versions()}.",
        "",
    ]
    lines += ["| | precision | recall | F1 | whole articles alone | two people |", "|---|---|---|---|---|---|"]
    for level in _LEVELS:
        v = whole[level]
        lines.append(
            f"| {level} | {v['p']:.3f} | {v['r']:.3f} | **{v['f1']:.3f}** | {articles[level]['f1']:.3f} | {_PEOPLE.get(level, '')} |"
        )
    lines += ["", "Of the events whose type is right:", "", "| | right | of | share |", "|---|---|---|---|"]
    lines += [f"| {k} | {v['right']} | {v['of']} | {v['share']:.3f} |" for k, v in whole["given type"].items()]
    return lines


def _part(name: str, result: dict[str, Any]) -> list[str]:
    """The lines of an exam on the page."""
    exam = exams.EXAMS[name]
    # The title of our own set of incidents says how it was learnt from and judged.
    seen = "" if name == "incidents" else " The shipped weights never saw it."
    command = f"detente evaluate {name}" + (f" --split {result['split']}" if exam.splits else "")
    command += " --coded coded/" if "coded" in exam.folders else ""
    lines = [
        f"### {exam.title}",
        "",
        f"`{command}`: {', '.join(result['files'])}, {result['n']} items.{seen} {date.today().isoformat()}, {_versions()}.",
        "",
        "| figure | detente | others |",
        "|---|---|---|",
    ]
    for figure, value in result["figures"].items():
        others = "; ".join(
            f"{p['system']} {p['value']:.3f} ({p['source']})" for p in result["peers"] if p["figure"] == figure
        )
        lines.append(f"| {figure} | **{value:.3f}** | {others} |")
    for said, listed in result.get("lists", {}).items():
        lines += ["", f"{said[:1].upper()}{said[1:]}:", "", *(f"- {one}" for one in listed)]
    return lines
