"""`detente train` and what it stands on. Learning itself needs torch (extra `train`) and is tested where that is installed."""

import importlib.util
import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest

from detente.cli import main
from detente.training.line_format import AnnotationError, find, parse_event

ANNOTATIONS = Path(__file__).parent.parent / "training" / "annotations"
TORCH = importlib.util.find_spec("torch") is not None
SENTENCE = "A US drone killed General Qassem Soleimani in Baghdad on Friday."


def test_a_line_becomes_an_event_with_its_spans():
    event = parse_event(
        "1 | ASSAULT/drone | killed | A US=USA:MIL | R General Qassem Soleimani=IRN:MIL | P Baghdad=IRQ | D Friday=2020-01-03 | C killed=1",
        [SENTENCE],
    )
    assert (event.type, event.modes, event.status) == ("ASSAULT", ("drone",), "actual")
    (recipient,) = event.roles["recipient"]
    assert SENTENCE[recipient.start : recipient.end] == "General Qassem Soleimani"
    assert (recipient.code, recipient.sectors) == ("IRN", ("MIL",))
    assert event.casualties == (("killed", "=", "1"),)


def test_weights_may_go_a_part_of_the_way_to_new_ones():
    from detente.training.weigh_countries import between

    assert between({"a": 1.0, "gone": 0.5}, {"a": 2.0, "new": 1.0}, 0.8) == {"a": 1.8, "gone": 0.1, "new": 0.8}
    assert between({"a": 1.0, "gone": 0.5}, {"a": 2.0}, 1.0) == {"a": 2.0}


def test_reports_whose_parties_are_in_doubt_come_first():
    from detente.model.coder import default_coder
    from detente.training.choose_reports import need

    plain, vague = (
        default_coder().read([text])
        for text in (
            "Police arrested two journalists in Minsk.",
            "Some of them were said to have been hit near there by others.",
        )
    )
    assert need(vague, Counter()) > need(plain, Counter())


@pytest.mark.parametrize(
    ("line", "about"),
    [
        ("2 | ASSAULT | killed", "sentence number"),
        ("1 | ASSAULT/talks | killed", "type or mode"),
        ("1 | ASSAULT | murdered", "not in the sentence"),
        ("1 | ASSAULT | killed | A US=USA:ARMY", "sector"),
        ("1 | ASSAULT | killed | C killed=one=1", "casualty"),
        ("1 | ASSAULT | killed | Z what", "unknown field"),
    ],
)
def test_a_bad_line_says_what_is_wrong(line, about):
    with pytest.raises(AnnotationError, match=about):
        parse_event(line, [SENTENCE])


def test_a_short_word_is_found_as_a_word():
    assert find("In the end he left", "he") == (11, 13)


@pytest.mark.skipif(TORCH, reason="torch is installed here")
def test_without_the_extra_one_line_says_what_to_install(tmp_path, capsys):
    assert main(["train", "--annotations", str(tmp_path), "-o", str(tmp_path / "out")]) == 1
    assert "pip install 'detente[train]'" in capsys.readouterr().err


def test_a_model_folder_that_is_none(tmp_path, capsys):
    report = tmp_path / "r.txt"
    report.write_text(SENTENCE)
    assert main(["code", str(report), "--model", str(tmp_path / "none")]) == 1
    assert "model file" in capsys.readouterr().err


@pytest.mark.skipif(not TORCH, reason="needs the extra `train`")
class TestLearning:
    def test_bad_folders_are_refused(self, tmp_path, capsys):
        assert main(["train", "--annotations", str(tmp_path), "-o", str(tmp_path / "out")]) == 1
        assert "no annotations" in capsys.readouterr().err

    def test_own_annotations_are_learnt_and_the_new_model_codes(self, tmp_path, capsys):
        given = tmp_path / "mine"
        given.mkdir()
        for name in ("b25.ann", "b25.jsonl"):
            shutil.copy(ANNOTATIONS / name, given)
        out = tmp_path / "adapted"
        assert (
            main(["train", "--annotations", str(given), "-o", str(out), "--folds", "2", "--epochs", "1", "--json"]) == 0
        )
        scores = json.loads(capsys.readouterr().out)
        assert scores["before"].keys() == scores["after"].keys() and "type" in scores["before"]
        card = json.loads((out / "card.json").read_text())
        assert card["adapted"]["from"] in card["name"]
        report = tmp_path / "r.txt"
        report.write_text(SENTENCE)
        assert main(["code", str(report), "--published", "2020-01-04", "--model", str(out)]) == 0
        (event, *_) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert event["type"] == "ASSAULT" and event["coder"]["model"] == card["name"]

    def test_weights_come_back_from_the_files_that_ship(self):
        import torch

        from detente.model.coder import DEFAULT, Coder
        from detente.training.import_onnx import network_of

        network = network_of(DEFAULT).eval()
        ids = torch.tensor([[101, 5446, 2730, 2048, 102]])
        hidden, _, _ = network.encoder(ids, torch.zeros_like(ids))
        theirs = Coder()._encoder.run(["hidden"], {"ids": ids.numpy(), "casings": torch.zeros_like(ids).numpy()})[0]
        # Computed with in 32 bits, so the same but for the last bits, on every processor.
        torch.testing.assert_close(hidden.detach(), torch.from_numpy(theirs), atol=1e-4, rtol=1e-4)

    def test_weights_in_blocks_are_within_half_a_step(self):
        import numpy as np

        from detente.training.export_onnx import in_blocks

        weight = np.random.default_rng(0).normal(size=(150, 7)).astype(np.float32)  # the last block is not full
        weight[:64, 2] = 0.0
        small, scale = in_blocks(weight)
        assert small.dtype == np.int8 and scale.shape == (3, 7)
        again = small * np.repeat(scale, 64, 0)[:150]
        assert (np.abs(again - weight) <= np.repeat(scale, 64, 0)[:150] * 0.5001).all()
        assert (again[:64, 2] == 0.0).all()

    def test_the_role_block_learns_alone(self, tmp_path, monkeypatch):
        from detente.model.coder import DEFAULT, Coder
        from detente.training import refine_roles

        given, out = tmp_path / "mine", tmp_path / "out"
        given.mkdir()
        for name in ("b25.ann", "b25.jsonl"):
            shutil.copy(ANNOTATIONS / name, given)
        words = ["--model", str(DEFAULT), "--data", str(given), "--out", str(out), "--epochs", "1", "--rate", "1e-3"]
        monkeypatch.setattr("sys.argv", ["refine_roles", *words, "--name", "mine", "--hold", "0"])
        refine_roles.main()
        same = {
            n: (out / n).read_bytes() == (DEFAULT / n).read_bytes()
            for n in ("encoder.onnx", "pairs.onnx", "roles.onnx")
        }
        assert same == {"encoder.onnx": True, "pairs.onnx": True, "roles.onnx": False}
        assert json.loads((out / "card.json").read_text())["roles refined"]["epochs"] == 1
        (before,), (after,) = Coder(DEFAULT).read([SENTENCE]), Coder(out).read([SENTENCE])
        triggers = [[(e.start, e.end, e.type, e.probability) for e in r.events] for r in (before, after)]
        assert triggers[0] == triggers[1]

    def test_a_layer_learns_alone(self, tmp_path, monkeypatch):
        import torch

        from detente.model.coder import DEFAULT
        from detente.training import refine_roles

        given, out, weights = tmp_path / "mine", tmp_path / "out", tmp_path / "weights"
        given.mkdir()
        for name in ("b25.ann", "b25.jsonl"):
            shutil.copy(ANNOTATIONS / name, given)
        words = ["--model", str(DEFAULT), "--data", str(given), "--out", str(out), "--network", str(weights)]
        words += ["--epochs", "1", "--rate", "1e-3", "--heads", "modes", "--hold", "0"]
        monkeypatch.setattr("sys.argv", ["refine_roles", *words])
        refine_roles.main()
        before = refine_roles.network_of(DEFAULT).state_dict()
        after = torch.load(weights / "network.pt", map_location="cpu", weights_only=True)
        assert {k for k in before if not torch.equal(before[k], after[k])} == {"roles.modes.weight", "roles.modes.bias"}
        card = json.loads((out / "card.json").read_text())
        assert card["modes refined"]["epochs"] == 1
        assert card["roles refined"] == json.loads((DEFAULT / "card.json").read_text())["roles refined"]

    def test_the_encoder_learns_sectors_beside_events(self, tmp_path, monkeypatch):
        """Of readings of sectors nothing else is learnt; what is held back of them is left out; a stopped run goes on."""
        import torch

        from detente.model.coder import DEFAULT
        from detente.training import train

        given, readings, out = tmp_path / "mine", tmp_path / "read", tmp_path / "out"
        for folder, name in ((given, "b25"), (readings, "s00")):
            folder.mkdir()
            home = ANNOTATIONS if folder is given else ANNOTATIONS.parent / "sector_readings"
            # The first 40 reports of each are enough.
            lines = (home / f"{name}.jsonl").read_text("utf-8").splitlines()[:40]
            (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
            ids = {json.loads(line)["id"] for line in lines}
            parts = re.split(r"(?m)^(?=# )", (home / f"{name}.ann").read_text("utf-8"))
            (folder / f"{name}.ann").write_text(
                "".join(p for p in parts if p.strip() and p[2:].split()[0] in ids), "utf-8"
            )
        words = ["--data", str(given), "--readings", str(readings), "--tokenizer", str(DEFAULT / "tokenizer.json")]
        words += [
            "--start",
            str(DEFAULT),
            "--out",
            str(out),
            "--hold",
            "0.3",
            "--readings-pieces",
            "300",
            "--keep-epochs",
        ]
        monkeypatch.setattr("sys.argv", ["train", *words, "--epochs", "1"])
        train.main()
        (row,) = json.loads((out / "log.json").read_text())["epochs"]
        assert {"trigger", "leaning", "leaning, read"} <= row["loss"].keys() and 0 < row["held back"]["leaning"] <= 1
        kept = torch.load(out / "network.pt", weights_only=True)
        assert (
            kept.keys() == train.state_of(DEFAULT, torch.device("cpu")).keys()
        )  # the head that told the sectors is not kept
        monkeypatch.setattr("sys.argv", ["train", *words, "--epochs", "2"])
        train.main()
        assert [r["epoch"] for r in json.loads((out / "log.json").read_text())["epochs"]] == [1, 2]
        first, last = (torch.load(out / f"epoch{n}.pt", weights_only=True)["encoder.trigger.bias"] for n in (1, 2))
        assert torch.equal(first, kept["encoder.trigger.bias"]) and not torch.equal(first, last)
        tokenizer = train.load_tokenizer(DEFAULT / "tokenizer.json")
        learnt = {e.report for e in train.read_sectors([readings], [], 0.3, tokenizer)}
        reports = train.read_folders([readings])
        assert learnt and not any(train.held_back(r, 0.3) for r in learnt) and learnt < {r.id for r in reports}

    def test_weights_may_be_written_a_part_of_the_way_to_those_that_were_taught(self, tmp_path, monkeypatch):
        import torch

        from detente.model.coder import DEFAULT
        from detente.training import export_onnx
        from detente.training.import_onnx import network_of

        old = network_of(DEFAULT)
        taught = {k: v + 0.5 if k == "encoder.trigger.bias" else v for k, v in old.state_dict().items()}
        torch.save(taught, tmp_path / "network.pt")
        log = {"shape": "small", "data_sha256": "", "sentences": 0, "epochs": [], "seed": 0}
        (tmp_path / "log.json").write_text(json.dumps(log))
        words = ["--network", str(tmp_path), "--base", str(DEFAULT), "--out", str(tmp_path / "out"), "--name", "mine"]
        monkeypatch.setattr("sys.argv", ["export_onnx", *words, "--before", str(DEFAULT), "--share", "0.4"])
        export_onnx.main()
        new = network_of(tmp_path / "out")
        torch.testing.assert_close(new.encoder.trigger.bias, old.encoder.trigger.bias + 0.2)
        torch.testing.assert_close(new.roles.project.weight, old.roles.project.weight, atol=1e-3, rtol=0)
        name = json.loads((DEFAULT / "card.json").read_text())["name"]
        assert json.loads((tmp_path / "out" / "card.json").read_text())["from"] == f"0.4 of the way from {name}"

    def test_what_reads_sectors_learns_what_the_clues_leave_over(self, tmp_path, monkeypatch):
        import numpy as np

        from detente.model.coder import DEFAULT, FILES, Coder
        from detente.model.labels import SECTOR_LIST
        from detente.training import train_sector_block, train_sector_reader
        from detente.training.export_onnx import export_sectors
        from detente.training.line_format import read_folder
        from detente.training.network import SMALL, SectorBlock
        from detente.training.weigh_sectors import choices, lesson, right_share

        model, given = tmp_path / "model", tmp_path / "mine"
        model.mkdir()
        given.mkdir()
        for name in FILES:
            shutil.copy(DEFAULT / name, model)
        for name in ("b25.ann", "b25.jsonl", "b26.ann", "b26.jsonl"):
            shutil.copy(ANNOTATIONS / name, given)

        def silence():
            train_sector_reader.save(model / "sectors.npz", train_sector_reader.silent(384))
            export_sectors(SectorBlock(SMALL), model)

        silence()
        silent = Coder(model).read([SENTENCE])[0].events[0].roles["actor"][0].leaning
        assert silent == (0.0,) * len(SECTOR_LIST)
        reports = list(read_folder(given))
        half = len(reports) // 2
        learn, read = (list(choices(some)) for some in (reports[:half], reports[half:]))
        nothing = right_share(learn, np.zeros((len(learn), len(SECTOR_LIST)), np.float32))
        taught = lesson(Coder(model), reports[:half], learn, reports[half:], read)
        assert {int(i) for one in taught.stretches for i in one.which} <= set(range(len(learn) + len(read)))
        assert taught.readers.tolist() == [0] * len(learn) + [1] * len(read)
        taught.of_clues.zero_()
        for name, value in (("_BATCH", 256), ("_AHEAD", 5), ("_EPOCHS", 4)):
            monkeypatch.setattr(train_sector_block, name, value)
        for part in (train_sector_reader, train_sector_block):
            silence()
            part.train(model, taught)
            told = train_sector_reader.leanings(Coder(model), reports[:half], learn)
            assert right_share(learn, told) > nothing + 0.1, part.__name__
            assert any(Coder(model).read([SENTENCE])[0].events[0].roles["actor"][0].leaning)

    def test_a_coded_report_is_a_lesson(self):
        import detente
        from detente.training.choose_parties import as_report
        from detente.training.weigh_sectors import choices

        text = "The report came late. Gunmen attacked a checkpoint near Mondoro. Soldiers killed two of them."
        document = detente.Document(text, id="r", published="2019-10-01")
        (outcome,) = detente.pipeline.outcomes([document])
        report = as_report(outcome.document, "Mali", outcome.events)
        marked = {
            report.sentences[e.sentence][m.start : m.end] for e in report.events for m in e.roles.get("actor", ())
        }
        assert marked == {"Gunmen", "Soldiers"}
        assert {(p.span[0], p.told) for p in choices([report]) if p.side == "actor"} == {(1, "UAF"), (2, "MIL")}

    def test_a_party_in_doubt_is_written_with_a_question_mark(self):
        """What `choose_parties` writes is an annotation once the sectors are filled in; the others tell no sector."""
        import numpy as np

        import detente
        from detente.model.labels import SECTOR_LIST
        from detente.training.choose_parties import as_report, in_doubt, lines
        from detente.training.line_format import AnnotationError, parse_event
        from detente.training.weigh_sectors import choices

        document = detente.Document(
            "Gunmen attacked a checkpoint near Mondoro. Soldiers killed two of them.", id="r", published="2019-10-01"
        )
        (outcome,) = detente.pipeline.outcomes([document])
        report = as_report(outcome.document, "Mali", outcome.events)
        parties = list(choices([report]))
        scores = np.zeros((len(parties), len(SECTOR_LIST)), np.float32)  # of nothing the model knows
        scores[[p.side != "actor" for p in parties], 0] = 9.0
        asked = in_doubt(parties, scores)
        first, second = lines(report, asked)
        assert re.search(r"\| A Gunmen=...:\? \|", first)
        assert re.search(r"\| A Soldiers=...:\? \|", second)
        assert first.count(":") == 1
        with pytest.raises(AnnotationError, match="unknown sector"):
            parse_event(first, report.sentences)
        read = parse_event(first.replace("?", "UAF"), report.sentences)
        assert read.roles["actor"][0].sectors == ("UAF",)
        assert read.roles["recipient"][0].sectors == ()
