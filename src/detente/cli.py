"""The command line: one verb a task; every verb is also one Python call.

Data goes to stdout, everything else to stderr. Exit code 0: all done; 1: some work failed; 2: wrong usage.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from detente import (
    export_cli,
    forecast_cli,
    mcp_cli,
    measure_cli,
    picture_cli,
    review_cli,
    scale_cli,
    serve_cli,
    store_cli,
    watch_cli,
)
from detente.errors import DetenteError, InputError, MissingExtra, Quarantined
from detente.records import Document, Event, parse_published
from detente.version import __version__

if TYPE_CHECKING:
    from detente.problems import Problems

_EXAMPLES = """\
examples:
  detente code report.txt --published 2020-01-12 --show     read a report, see its events in the text
  detente code news/ wire.jsonl -o events.csv               code a folder and a file into a table
  curl -s URL | detente code - --published 2026-06-01       from a pipe, JSONL to stdout
  detente add news/ --store crisis                          code reports and keep them, then:
  detente incidents --store crisis --dyad IRN-USA           what happened between the two
  detente evaluate gold.jsonl                               score detente on annotated reports
"""


class UsageError(DetenteError):
    """The command was called in a way that cannot work; printed with exit code 2."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # Windows consoles default to a code page that lacks most of Unicode
            stream.reconfigure(encoding="utf-8", errors="replace")
    args = command_line().parse_args(argv)
    logging.basicConfig(level=args.log_level.upper(), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        return int(args.run(args))
    except UsageError as error:
        print(f"detente {args.verb}: {error}", file=sys.stderr)
        return 2
    except DetenteError as error:
        print(f"detente {args.verb}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # `detente code … | head`: the reader has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def console() -> NoReturn:
    """Entry point of the installed `detente` command."""
    sys.exit(main())


class _Parser(argparse.ArgumentParser):
    """A parser that tells a wrong call in one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def command_line() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = _Parser(
        prog="detente",
        description="News reports in, verifiable political event data out. Offline; every answer points at its words.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"detente {__version__}")
    parser.add_argument(
        "--log-level", default="error", choices=["debug", "info", "warning", "error"], help="how much to tell on stderr"
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")

    code = _verb(verbs, "code", _code, "code reports into events")
    code.add_argument(
        "inputs",
        nargs="+",
        metavar="IN",
        help="files (docs/sources.md lists the formats), folders, web addresses, or - for stdin",
    )
    code.add_argument("-o", "--output", metavar="OUT", help="file to write, or DIR/ for parts (default: stdout)")
    code.add_argument(
        "--to",
        metavar="FORMAT",
        type=export_cli.coded_format,
        help=f"{', '.join(export_cli.CODED)} (default: by the name of OUT, else jsonl)",
    )
    export_cli.statuses_option(code)
    code.add_argument(
        "--published", metavar="DATE", help="publication date of reports that do not tell theirs (2026-06-01)"
    )
    code.add_argument(
        "--show", action="store_true", help="print each report with its events marked, and a table of them"
    )
    code.add_argument("--report", type=Path, metavar="FILE", help="write what failed or was skipped, as JSONL")
    code.add_argument(
        "--min-confidence",
        type=share,
        default=0.0,
        metavar="P",
        help="leave out events less sure than this, 0 to 1 (default: 0)",
    )
    code.add_argument("--threads", type=positive, metavar="N", help="cores to use (default: all)")
    watch_cli.fetch_options(code)
    model_option(code)
    actors_option(code)
    scale_cli.options(code)

    demo = _verb(verbs, "demo", _demo, "code the bundled reports, and say where to look")
    demo.add_argument(
        "--output", type=Path, default=Path("demo-output"), metavar="DIR", help="folder to write (default: demo-output)"
    )

    schema = _verb(verbs, "schema", _schema, "print the JSON Schema of an event record (or of an input document)")
    schema.add_argument("record", nargs="?", choices=["event", "document"], default="event")

    resolve = _verb(verbs, "resolve", _resolve, "say who, when or where phrases mean: JSON lines in, JSON lines out")
    resolve.add_argument("what", choices=["actors", "dates", "places"])
    resolve.add_argument(
        "input",
        nargs="?",
        default="-",
        metavar="IN.jsonl",
        help='lines of {"id", "text", …} (default: stdin; docs/resolve.md)',
    )
    resolve.add_argument("-o", "--output", type=Path, metavar="OUT", help="file to write (default: stdout)")
    actors_option(resolve)

    evaluate = _verb(verbs, "evaluate", _evaluate, "score events against annotated reports, or take a public exam")
    evaluate.add_argument(
        "what",
        nargs="?",
        metavar="EXAM|GOLD.jsonl",
        help="plv, aw, plover-records, actors, dates, wikiwars, tempeval, toponyms, tension, pages, or annotated reports (docs/evaluation.md)",
    )
    evaluate.add_argument(
        "paths",
        type=Path,
        nargs="*",
        metavar="FILE",
        help="coded events (default: detente codes GOLD itself); or the exam's files",
    )
    evaluate.add_argument("--json", action="store_true", help="print JSON")
    evaluate.add_argument("--split", metavar="PART", help="of icews14: valid (default) or test")
    evaluate.add_argument(
        "--write", type=Path, metavar="PAGE.md", help="measure all that is at hand and write docs/evaluation.md"
    )
    evaluate.add_argument("--threads", type=positive, metavar="N", help="cores to use (default: all)")
    model_option(evaluate)

    train = _verb(verbs, "train", _train, "adapt the model to your own annotations, with scores before and after")
    train.add_argument(
        "--annotations", type=Path, required=True, metavar="DIR", help="folder of NAME.jsonl + NAME.ann (docs/data.md)"
    )
    train.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="new folder for the adapted model"
    )
    train.add_argument("--folds", type=positive, default=4, metavar="N", help="parts held back in turn (default: 4)")
    train.add_argument(
        "--epochs", type=positive, default=3, metavar="N", help="times each sentence is learnt (default: 3)"
    )
    train.add_argument("--seed", type=int, default=0, metavar="N", help="of the random order (default: 0)")
    train.add_argument("--json", action="store_true", help="print JSON")
    model_option(train)

    knowledge = _verb(
        verbs, "knowledge", _knowledge, "rebuild the table of office-holders from Wikidata (needs a network)"
    )
    knowledge.add_argument("action", choices=["refresh"])
    knowledge.add_argument(
        "--cache",
        type=Path,
        default=Path("wikidata-cache"),
        metavar="DIR",
        help="where answers are kept, to go on from",
    )
    knowledge.add_argument(
        "-o", "--output", type=Path, metavar="OUT", help="table to write (default: the installed one)"
    )
    knowledge.add_argument("--countries", nargs="*", default=[], metavar="CODE", help="only these (default: all)")
    knowledge.add_argument("--contact", default="", help="e-mail or page, which Wikimedia asks of programs")

    store_cli.register(verbs, _verb)
    export_cli.register(verbs, _verb)
    measure_cli.register(verbs, _verb)
    forecast_cli.register(verbs, _verb)
    picture_cli.register(verbs, _verb)
    scale_cli.register(verbs, _verb)
    review_cli.register(verbs, _verb)
    mcp_cli.register(verbs, _verb)
    watch_cli.register(verbs, _verb)
    serve_cli.register(verbs, _verb)

    bench = _verb(verbs, "bench", _bench, "measure rate, memory, start-up time and install size on this machine")
    bench.add_argument("--json", action="store_true", help="print JSON")

    doctor = _verb(verbs, "doctor", _doctor, "say what is installed, which model and tables, and what is missing")
    doctor.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _verb(verbs: Any, name: str, run: Callable[[argparse.Namespace], int], about: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=about, description=about[0].upper() + about[1:] + ".")
    parser.set_defaults(run=run)
    return parser


def model_option(parser: argparse.ArgumentParser) -> None:
    """The option to code with another model."""
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="a model made by `detente train` (default: the shipped one)"
    )


def actors_option(parser: argparse.ArgumentParser) -> None:
    """The option to load an own table of actors."""
    parser.add_argument(
        "--actors", type=Path, metavar="MY.csv", help="your own table of actors, which wins (docs/knowledge.md)"
    )


def use_actors(args: argparse.Namespace) -> None:
    """Load the user's own table of actors, if one was named."""
    if args.actors is not None:
        from detente.knowledge import use_actors

        use_actors(args.actors)


def coder_of(args: argparse.Namespace) -> Any:
    """The model that was asked for; None if none was, for then the shipped one is loaded where it is needed, if at all."""
    if args.model is None and args.threads is None:
        return None
    from detente.model.coder import Coder, default_coder

    return default_coder(args.threads) if args.model is None else Coder(args.model, args.threads)


def positive(text: str) -> int:
    """A number of things from the command line. Raises ArgumentTypeError for less than 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return int(text)


def count(text: str) -> int:
    """A number of rows from the command line. Raises ArgumentTypeError for less than 0."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)


def share(text: str) -> float:
    """A share from the command line. Raises ArgumentTypeError for what is not from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return value


def published_of(args: argparse.Namespace) -> str | None:
    """The date that was given for reports without one. Raises UsageError if it is none."""
    try:
        return parse_published(args.published)
    except DetenteError as error:
        raise UsageError(f"--published: {error}") from None


def documents_of(
    args: argparse.Namespace, published: str | None, problems: Problems, ours: Sequence[Path | None]
) -> Iterator[Document]:
    """The reports of all inputs but for the files that we write ourselves (``ours``); what cannot be read is told to ``problems``."""
    from detente import read

    exclude = [p for p in ours if p is not None]
    for item in read.read_inputs(args.inputs, published, exclude, watch_cli.web_of(args), args.fetch):
        if isinstance(item, Quarantined):
            problems.quarantined(item)
        elif isinstance(item, InputError):
            problems.failed(item.item, item.reason, item.field)
        else:
            yield item


def _code(args: argparse.Namespace) -> int:
    from detente import export
    from detente.problems import Problems

    published = published_of(args)
    if scale_cli.is_parts(args.output, args.resume):
        use_actors(args)
        return scale_cli.code_parts(args, published)
    if args.resume:
        raise UsageError("--resume goes on with a folder of parts: say which with -o DIR/")
    args.output = None if args.output is None else Path(args.output)
    form = args.to or export.format_of(args.output)
    if args.output is not None and args.output.is_dir():
        raise UsageError(
            f"-o {args.output} is a folder: name a file, such as {args.output / 'events.jsonl'}, or write {args.output}/ for parts"
        )
    export_cli.refuse_terminal(form, args.output)
    use_actors(args)
    many = args.workers is not None and args.workers > 1
    shown = scale_cli.progress(scale_cli.expected(args.inputs)) if many else progress()
    with Problems(args.report) as problems, shown as advance:
        events = _coded(args, published, problems, advance)
        if args.show and args.output is None:
            for _ in events:  # shown as they are coded
                pass
        else:
            target = args.output or sys.stdout
            export.write(events, target, form, all_statuses=args.all_statuses, tell=export_cli.tell)
    problems.summary(sys.stderr)
    return 1 if problems.failures else 0


def _coded(
    args: argparse.Namespace, published: str | None, problems: Any, advance: Callable[[int, int], None]
) -> Iterator[Event]:
    """Events of all inputs; what fails on the way is told to ``problems``."""
    from detente import pipeline, show

    given = documents_of(args, published, problems, [args.output, args.report])
    if args.workers is not None and args.workers > 1:
        coded = scale_cli.coded(args, given, problems)
    else:
        coded = pipeline.outcomes(given, coder=coder_of(args))
    for outcome in coded:
        if outcome.error:
            problems.failed(outcome.document.id, outcome.error)
        elif outcome.skipped:
            problems.skipped(outcome.document.id, outcome.skipped)
        for note in outcome.notes:
            problems.noted(outcome.document.id, note)
        events = [e for e in outcome.events if e.confidence >= args.min_confidence]
        if args.show and not outcome.skipped and not outcome.error:
            show.report(outcome.document, events, sys.stdout if args.output is None else sys.stderr)
        yield from events
        advance(1, len(events))


@contextlib.contextmanager
def progress(doing: str = "coding") -> Iterator[Callable[[int, int], None]]:
    """A line on stderr that counts reports and events while stderr is a terminal; silence in a pipe."""
    if not sys.stderr.isatty():
        yield lambda documents, events: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.completed} reports, {task.fields[events]} events"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None, events=0)
        total = 0

        def advance(documents: int, events: int) -> None:
            nonlocal total
            total += events
            bar.update(task, advance=documents, events=total)

        yield advance


def _demo(args: argparse.Namespace) -> int:
    from detente import demo

    return demo.run(args.output, sys.stdout)


def _schema(args: argparse.Namespace) -> int:
    from detente import schema

    print(json.dumps(schema.event_schema() if args.record == "event" else schema.document_schema(), indent=2))
    return 0


def _resolve(args: argparse.Namespace) -> int:
    from detente.resolve.lines import answers

    use_actors(args)
    bad: list[InputError] = []
    with contextlib.ExitStack() as stack:
        try:
            lines = (
                sys.stdin
                if args.input == "-"
                else stack.enter_context(Path(args.input).open(encoding="utf-8-sig", errors="replace"))
            )
            out = (
                sys.stdout
                if args.output is None
                else stack.enter_context(args.output.open("w", encoding="utf-8", newline="\n"))
            )
        except OSError as error:
            raise InputError(str(error.filename), error.strerror or "cannot be opened") from None
        for answer in answers(args.what, lines, bad.append):
            print(json.dumps(answer, ensure_ascii=False), file=out)
    for one in bad:
        print(f"detente resolve: {one}", file=sys.stderr)
    return 1 if bad else 0


def _evaluate(args: argparse.Namespace) -> int:
    from detente.evaluate import exams, gold

    if args.write is not None:
        from detente.evaluate import page

        page.write(args.write, Path(args.what or "tests/gold/dev.jsonl"))
        return 0
    if args.what is None:
        raise UsageError(f"name annotated reports, or an exam ({', '.join(exams.EXAMS)})")
    if args.what in exams.EXAMS:
        result = exams.run(args.what, args.paths, coder_of(args), args.split)
        print(json.dumps(result) if args.json else exams.table(result))
        return 0
    if not Path(args.what).is_file() and not Path(args.what).suffix:
        raise UsageError(f"{args.what!r} is neither a file nor an exam ({', '.join(exams.EXAMS)})")
    if len(args.paths) > 1:
        raise UsageError("one file of events at most")
    events = args.paths[0] if args.paths else None
    result = gold.evaluate(Path(args.what), events, coder=coder_of(args) if events is None else None)
    print(json.dumps(result) if args.json else gold.table(result))
    return 0


def _train(args: argparse.Namespace) -> int:
    from detente.model.coder import DEFAULT

    try:
        from detente.training import adapt
    except ImportError as error:
        raise MissingExtra(f"{error.name} is missing: pip install 'detente[train]'") from None
    result = adapt.adapt(
        args.annotations,
        args.output,
        model=args.model or DEFAULT,
        folds=args.folds,
        epochs=args.epochs,
        seed=args.seed,
        tell=lambda line: print(line, file=sys.stderr, flush=True),
    )
    print(json.dumps(result) if args.json else adapt.table(result, args.output))
    return 0


def _knowledge(args: argparse.Namespace) -> int:
    from detente.knowledge import refresh, tables

    out = args.output or tables.DATA / "offices.tsv"
    told = refresh.rebuild(
        args.cache, out, args.countries, args.contact, tell=lambda line: print(line, file=sys.stderr, flush=True)
    )
    print(f"{told} spells of office in {out}")
    return 0


def _bench(args: argparse.Namespace) -> int:
    from detente import bench

    result = bench.measure()
    print(json.dumps(result) if args.json else bench.table(result))
    return 0


def _doctor(args: argparse.Namespace) -> int:
    from detente import doctor

    found = doctor.examine()
    print(json.dumps(found) if args.json else doctor.table(found))
    return 0 if found["ready"] else 1


if __name__ == "__main__":
    console()
