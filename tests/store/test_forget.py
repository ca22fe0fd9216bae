"""`detente forget`: takedown and privacy. No word of the report stays in any file of the store, in whatever form."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from detente.cli import main
from detente.records import CoderVersion, Document, Event
from detente.store import Store, control, forgetting
from detente.store.tables import Tables, quoted

Coded = list[tuple[Document, Sequence[Event]]]
SECRET = "Zqxwarrior"
TEXT = f"A bomb killed 17 people in Zqxville near Mosul on Friday, General {SECRET} Smith said. Iran condemned {SECRET} Smith in Tehran."
OTHER = "A bomb killed 12 people near Mosul on Friday, police said. Iran condemned the attack."


def words_in(folder: Path) -> Iterator[str]:
    """Everything that can be read in a store's files: their bytes, their columns unpacked, the rows of SQLite and its index."""
    secrets = (SECRET.lower(), "zqxville")

    def told(what: str, data: bytes) -> Iterator[str]:
        for secret in secrets:
            if secret.encode() in data.lower() or secret.encode("utf-16-le") in data.lower():
                yield f"{secret} in {what}"

    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        yield from told(f"the bytes of {path}", path.read_bytes())
        if ".parquet" in path.name:
            with duckdb.connect() as db:
                rows = db.execute(f"SELECT * FROM read_parquet({quoted([str(path)])})").fetchall()
                stats = db.execute(f"SELECT * FROM parquet_metadata({quoted([str(path)])})").fetchall()
            yield from told(f"the columns of {path}", repr((rows, stats)).encode())
        if path.name == control.NAME:
            with sqlite3.connect(path) as lite:
                lite.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'words', 'row')")
                tables = [r[0] for r in lite.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
                for table in (t for t in tables if t != "words"):
                    yield from told(
                        f"table {table}", repr(lite.execute(f'SELECT * FROM "{table}"').fetchall()).encode()
                    )
                terms = [r[0] for r in lite.execute("SELECT term FROM temp.terms")]
            yield from (f"{t} in the index of words" for t in terms if t.startswith("zqx"))


def planted(store: Store) -> Document:
    """A store in which the report was revised, coded anew, corrected, and tells of the same attack as another report."""
    secret = Document(
        TEXT, id="secret", published="2020-01-12", source=f"{SECRET} News", url="https://x.example/s", title=SECRET
    )
    store.add([Document(OTHER, id="other", published="2020-01-12", source="AP"), secret])
    store.add([replace(secret, text=f"{TEXT} {SECRET} Smith threatened Iraq.")])
    events = [e for e in store.events() if e.document.id == "secret"]
    store.correct(events[0].event_id, by="ann", why=f"{SECRET} said so", actor=f"{SECRET} Smith")
    theirs = next(e for e in store.events() if e.document.id == "other" and e.trigger.text == "condemned")
    store.correct(theirs.event_id, by="ann", why=f"it is {SECRET} again", merge=events[-1].event_id)
    coder = CoderVersion("detente", "0.9", "small", "1")
    again = next(d for d in store.documents() if d.id == "secret")
    store.add_coded([(again, [replace(e, coder=coder, event_id=f"det1-{'9' * 6}{e.event_id[11:]}") for e in events])])
    return secret


@pytest.mark.parametrize("before", ["", "compact", "killed writer"])
def test_no_byte_stays(tmp_path: Path, before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "s"
    with Store(folder) as store:
        secret = planted(store)
        alone = {i.incident_id for i in store.incidents() if i.reports == 1}
        assert len(list(words_in(folder))) > 5  # the check sees them
        if before == "compact":
            store.compact()
        if before == "killed writer":  # its rows do not count, but they are there
            whole = Tables.append

            def die(tables: Tables, name: str, rows: Sequence[object]) -> None:
                if name == "runs":
                    raise KeyboardInterrupt
                whole(tables, name, rows)  # type: ignore[arg-type]

            monkeypatch.setattr(Tables, "append", die)
            with pytest.raises(KeyboardInterrupt):
                store.add([replace(secret, text=f"{TEXT} {SECRET} Smith praised Iraq.")])
            monkeypatch.undo()
        assert store.forget("https://x.example/s", by="bob") == "secret"
        assert not list(words_in(folder))
        assert {d.id for d in store.documents()} == {"other"}
        assert not list(store.events(text=SECRET))
        assert store.verify() == []
        # What is left is as if the report had never been there.
        with Store(tmp_path / "never") as never:
            never.add([Document(OTHER, id="other", published="2020-01-12", source="AP")])
            assert set(store.incidents()) == set(never.incidents())
            assert set(store.claims()) == set(never.claims())
        assert alone  # (there was something to recompute)
        assert {c.document for i in store.incidents() for t in i.casualties for c in t.by} <= {"other"}
        assert list(store.incidents(as_of="2030-01-01"))
        # And it does not come back.
        assert store.add([secret]).skipped
        assert store.add([Document(TEXT, id="elsewhere")]).skipped
    with Store(folder) as store:
        for path in folder.glob("control.sqlite*"):
            path.unlink()
        assert store.add([secret]).skipped
        assert store.verify() == []
    assert not list(words_in(folder))


def test_an_incident_that_an_old_version_was_in_stays(tmp_path: Path) -> None:
    """Forgetting removes history of an incident, never the incident of another report."""
    with Store(tmp_path / "s") as store:
        store.add(
            [Document(OTHER, id="other", published="2020-01-12"), Document(TEXT, id="secret", published="2020-01-12")]
        )
        store.add([Document("Nothing happened here today, and nobody was hurt.", id="secret", published="2020-01-12")])
        before = set(store.incidents())
        assert before
        store.forget("secret")
        assert set(store.incidents()) == before
        assert store.verify() == []
    assert not list(words_in(tmp_path / "s"))


@pytest.mark.parametrize(
    "when", ["before the control database follows", "before the files are written anew", "between two tables"]
)
def test_a_killed_forget_is_finished_by_the_next_writer(
    tmp_path: Path, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "s"
    with Store(folder) as store:
        planted(store)
        writer = store._writing()

        def die(*given: object) -> None:
            if when != "between two tables" or given[1] == "sentences":
                raise KeyboardInterrupt
            whole(*given)  # type: ignore[arg-type]

        if when == "before the control database follows":
            monkeypatch.setattr(type(writer), "mark", die)
        elif when == "before the files are written anew":
            monkeypatch.setattr(forgetting, "purge", die)
        else:
            whole = Tables.delete
            monkeypatch.setattr(Tables, "delete", die)
        with pytest.raises(KeyboardInterrupt):
            store.forget("secret")
        monkeypatch.undo()
    with Store(folder) as store:
        assert {d.id for d in store.documents()} == {"other"}  # from the first step on
        store.compact()
        assert store.verify() == []
    assert not list(words_in(folder))


def test_the_clock_went_back(tmp_path: Path) -> None:
    """Files that seem to come from the future are removed all the same."""
    import os
    import time

    folder = tmp_path / "s"
    with Store(folder) as store:
        planted(store)
        ahead = time.time() + 10 * 86_400
        for path in folder.rglob("*.*"):
            if path.suffix in (".parquet", ".json"):
                os.utime(path, (ahead, ahead))
        store.forget("secret")
        assert store.verify() == []
    assert not list(words_in(folder))


def test_the_command_says_what_it_cannot_reach(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store(tmp_path / "s") as store:
        store.add([Document(TEXT, id=i, published="2020-01-12") for i in ("secret", "copy")])
        store.backup(tmp_path / "copy")
    assert main(["forget", "secret", "--by", "bob", "--store", str(tmp_path / "s")]) == 0
    out = capsys.readouterr()
    assert out.out == "forgotten: secret\n"
    assert "the same text stays in other reports" in out.err
    assert "copy" in out.err
    assert "detente backup" in out.err
    assert main(["forget", "nobody", "--store", str(tmp_path / "s")]) == 1
    assert "no document 'nobody'" in capsys.readouterr().err


def test_what_is_known_of_others_stays(tmp_path: Path, coded: Coded) -> None:
    """Numbers of documents, versions and runs are alike: the first report has 1, as have all first versions and the first run."""
    with Store(tmp_path / "s") as store:
        store.add_coded(coded[:2])
        store.add_coded(coded[2:])
        for n, (document, _) in enumerate(coded[:2], start=1):
            store.forget(document.id)
            done = store.add_coded(coded)
            assert (done.documents, done.known, len(done.skipped)) == (0, len(coded) - n, n)
        reader = store._reading().seen
        reader.refresh()
        kinds = [r["kind"] for r in reader.fetch("SELECT kind FROM runs ORDER BY run")]
        assert kinds == ["add", "add", "forget", "forget"]
