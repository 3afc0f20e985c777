"""A corpus' index: on paper, equal to one pass over all texts, and the same whatever is killed on the way."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import models
from interpret import record
from interpret.commands.corpus import answer
from interpret.corpus import job, store
from interpret.corpus.documents import Document, documents
from interpret.corpus.index import Index
from interpret.units_features import features
from models.refusals import Refusal

MODEL = "story-lstm"
TEXTS = [
    "Sofia works behind the mill.", "The benches near the shell are old.", "The cat sleeps.",
    "Mia works behind the mill.", "The bench near the shell is old.", "The cats sleep.", "The key is old.",
]  # fmt: skip


def planned(folder: Path, texts: list[str] = TEXTS, shard: int = 2) -> Path:
    job.plan(folder, MODEL, iter([Document(text) for text in texts]), shard)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index made in one go."""
    folder = planned(tmp_path_factory.mktemp("whole") / "job")
    job.run(folder)
    return folder


def digest(folder: Path) -> str:
    return json.loads((folder / "summary.json").read_text())["digest"]


# What it holds


def test_the_index_equals_one_pass_over_all_texts(whole: Path):
    index, model = Index(whole), models.load(MODEL)
    runs: list[Any] = [record(model, text) for text in TEXTS]
    cells = np.concatenate([run.memory.cell[0].double().numpy() for run in runs])
    labels = np.concatenate(
        [np.stack(list(features(run.tokens, storyland=True).values()), -1) for run in runs]
    )
    for unit in (0, 17, 255):
        card = index.unit("cell", 1, unit)
        assert card.count == len(cells)
        assert card.mean == pytest.approx(cells[:, unit].mean(), abs=1e-6)
        assert card.deviation == pytest.approx(cells[:, unit].std(), abs=1e-6)
        ends = cells[:, unit].min(), cells[:, unit].max()
        assert (card.least, card.most) == pytest.approx(ends, abs=1e-6)
        best = max(range(len(runs)), key=lambda n: float(runs[n].memory.cell[0][:, unit].max()))
        assert card.highest[0].text == best
        assert card.counts.sum() == len(cells) and card.edges[0] <= card.least < card.most < card.edges[-1]
        theirs = np.histogram(cells[:, unit], card.edges)[0]
        np.testing.assert_array_equal(card.counts, theirs)
        for at in (*card.highest, *card.lowest, *card.middling):
            assert float(runs[at.text].memory.cell[0][at.place, unit]) == pytest.approx(at.value, abs=1e-6)
        assert card.highest[0].value == card.most and card.lowest[0].value == card.least
        half = (card.mean + card.most) / 2
        assert abs(card.middling[0].value - half) <= min(abs(at.value - half) for at in card.highest) + 1e-9
        at = index.features.index("length")
        r = np.corrcoef(cells[:, unit], labels[:, at])[0, 1]
        assert card.r[at] == pytest.approx(r, abs=1e-4) and abs(r) > 0.01
    assert index.sizes("cell") == (256,)
    losses = [row["loss"] for row in index.texts()]
    for run, loss in zip(runs, losses, strict=True):
        logs = run.logits[:-1].log_softmax(-1)
        own = [float(logs[t, i]) for t, i in enumerate(run.tokens.ids[1:].tolist())]
        assert loss == pytest.approx(-np.mean(own), abs=1e-5)


def test_shards_of_another_size_come_to_the_same_numbers(whole: Path, tmp_path: Path):
    other = planned(tmp_path / "job", shard=5)
    job.run(other)
    for unit in (3, 99):
        one, two = Index(whole).unit("cell", 1, unit), Index(other).unit("cell", 1, unit)
        for sort in ("highest", "lowest", "middling"):
            ours, theirs = getattr(one, sort), getattr(two, sort)
            assert [(at.text, at.place) for at in ours] == [(at.text, at.place) for at in theirs]
            assert [at.value for at in ours] == pytest.approx([at.value for at in theirs], abs=1e-5)
        np.testing.assert_array_equal(one.counts, two.counts)
        np.testing.assert_allclose(one.r, two.r, atol=1e-5)
        assert one.mean == pytest.approx(two.mean, abs=1e-6)


def test_heads_have_rows_that_add_up(tmp_path: Path):
    job.plan(tmp_path / "job", "story-gpt", iter([Document(text) for text in TEXTS[:2]]), 1)
    job.run(tmp_path / "job")
    run: list[Any] = [record(models.load("story-gpt"), text) for text in TEXTS[:2]]
    heads = Index(tmp_path / "job").heads()
    first = np.mean(np.concatenate([r.attention[0, 0, 1:, 0].numpy() for r in run]))
    assert heads[0]["first"] == pytest.approx(first, abs=1e-6)
    assert all(0 <= head["first"] <= 1 and 0 <= head["previous"] <= 1 for head in heads)


# Whatever happens on the way


def test_killed_at_any_moment_and_started_again_it_is_the_same(whole: Path, tmp_path: Path):
    folder = planned(tmp_path / "job")
    code = f"from pathlib import Path\nfrom interpret.corpus import job\njob.run(Path({str(folder)!r}))"
    child = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 60
    while not list((folder / "shards").glob("[0-9]*")) and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    kept = {path.name: path.stat().st_mtime_ns for path in (folder / "shards").glob("[0-9]*")}
    assert kept
    job.run(folder)
    assert digest(folder) == digest(whole)
    after = {path.name: path.stat().st_mtime_ns for path in (folder / "shards").glob("[0-9]*")}
    assert kept.items() <= after.items()  # what was done is not done again


@pytest.mark.parametrize("harm", ["flip", "delete", "half"])
def test_a_shard_that_is_not_whole_is_done_again(whole: Path, tmp_path: Path, harm: str):
    folder = planned(tmp_path / "job")
    job.run(folder)
    file = folder / "shards" / "00001" / "units.parquet"
    if harm == "flip":
        held = bytearray(file.read_bytes())
        held[len(held) // 2] ^= 1
        file.write_bytes(held)
    elif harm == "delete":
        file.unlink()
    else:
        (folder / "shards" / ".00001.x.tmp").mkdir()
        file.write_bytes(file.read_bytes()[:100])
    job.run(folder)
    assert digest(folder) == digest(whole)
    assert not list((folder / "shards").glob(".*"))


def test_a_full_disk_keeps_what_is_done(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder, sync = planned(tmp_path / "job"), store._sync

    def full(path: Path) -> None:
        if "00002" in str(path):
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(path)

    monkeypatch.setattr(store, "_sync", full)
    with pytest.raises(store.NoRoom, match="No space left on device"):
        job.run(folder)
    assert job.progress(folder).done == 2
    monkeypatch.setattr(store, "_sync", sync)
    job.run(folder)
    assert digest(folder) == digest(whole)


def test_it_stops_when_asked_and_goes_on(whole: Path, tmp_path: Path):
    folder = planned(tmp_path / "job")

    def stop(now: job.Progress) -> None:
        if now.done == 1:
            job.cancel(folder)

    with pytest.raises(Refusal, match="1 of 4 shards are kept"):
        job.run(folder, heard=stop)
    job.run(folder)
    assert digest(folder) == digest(whole)


def test_two_jobs_on_one_folder(tmp_path: Path):
    folder = planned(tmp_path / "job")
    with job._alone(folder), pytest.raises(job.Busy, match="Another job works on"):
        job.run(folder)
    inputs = {path.name: path.read_text() for path in (folder / "inputs").iterdir()}
    with pytest.raises(job.Busy, match="another corpus or model"):
        planned(folder, TEXTS[:3])
    with job._alone(folder), pytest.raises(job.Busy, match="Another job works on"):
        planned(folder, TEXTS[::-1])
    assert {path.name: path.read_text() for path in (folder / "inputs").iterdir()} == inputs
    assert not list(folder.glob(".*")), "what was refused leaves nothing behind"


def test_a_disk_that_is_full_while_texts_are_laid_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as now:
        now.setattr(store, "_sync", full)
        with pytest.raises(store.NoRoom, match="No space left on device"):
            planned(tmp_path / "job")
    assert not list((tmp_path / "job").glob("**/*.tmp"))
    assert planned(tmp_path / "job").is_dir()


def test_an_index_of_another_version_or_a_damaged_one_is_refused(whole: Path, tmp_path: Path):
    folder = planned(tmp_path / "job")
    asked = json.loads((folder / "job.json").read_text())
    (folder / "job.json").write_text(json.dumps({**asked, "version": 1}))
    with pytest.raises(Refusal, match="another version of Underhood"):
        job.run(folder)
    shutil.copytree(whole, tmp_path / "copy")
    file = tmp_path / "copy" / "index" / "units.parquet"
    held = bytearray(file.read_bytes())
    held[len(held) // 2] ^= 1
    file.write_bytes(held)
    with pytest.raises(Refusal, match="The index in copy is damaged"):
        Index(tmp_path / "copy")


@pytest.mark.timeout(120)
def test_a_dask_cluster_with_a_killed_worker_comes_to_the_same(whole: Path, tmp_path: Path):
    from distributed import LocalCluster

    from interpret.corpus.cluster import engine, local

    folder = planned(tmp_path / "job")
    made: Any = LocalCluster(**local(2))
    with made as cluster:

        def kill(now: job.Progress) -> None:
            if now.done == 1:
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)

        job.run(folder, engine(scheduler=cluster.scheduler_address), heard=kill)
    assert digest(folder) == digest(whole)


# What goes in


def test_each_kind_of_file_gives_its_texts(tmp_path: Path):
    import pyarrow
    from pyarrow import parquet

    (tmp_path / "a.txt").write_text("One\ntext.\n\nAnother.\n")
    (tmp_path / "a.csv").write_text('label,text\npos,"One, text"\n')
    (tmp_path / "a.jsonl").write_text('{"text": "One", "label": 1}\n\n')
    parquet.write_table(pyarrow.table({"text": ["One", "", "Two"]}), tmp_path / "a.parquet")
    assert [d.text for d in documents(tmp_path / "a.txt")] == ["One\ntext.", "Another."]
    assert list(documents(tmp_path / "a.csv")) == [Document("One, text", "pos")]
    assert list(documents(tmp_path / "a.jsonl")) == [Document("One", "1")]
    assert [d.text for d in documents(tmp_path / "a.parquet")] == ["One", "Two"]


def test_a_text_the_model_cannot_take_is_kept_with_the_reason(tmp_path: Path):
    folder = planned(tmp_path / "job", ["The cat sleeps.", "\ud800 lone", "The cats sleep."])
    job.run(folder)
    rows = Index(folder).texts()
    assert [bool(row["why"]) for row in rows] == [False, True, False]


def test_the_command_line(tmp_path: Path, whole: Path):
    out = str(tmp_path / "job")
    (tmp_path / "texts.txt").write_text("\n\n".join(TEXTS))
    said = answer(
        ["index", "--model", MODEL, "--texts", str(tmp_path / "texts.txt"), "--out", out, "--shard", "2"]
    )
    assert json.loads(said)["digest"] == digest(whole)
    assert answer(["status", "--out", out]).startswith("4 of 4 shards done")
    assert json.loads(answer(["unit", "--out", out, "cell 1.17"]))["highest"]
    with pytest.raises(Refusal, match=r"has no cell 9\.1"):
        answer(["unit", "--out", out, "cell 9.1"])
    with pytest.raises(Refusal, match="is no index"):
        answer(["status", "--out", str(tmp_path / "nothing")])
