"""The page on which a reader trains a model: its numbers, its limits, and the model on every other page."""

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from torch import Generator, randn

from dashboard import choices, jobs, shelf, worlds
from dashboard.figures import curve
from dashboard.panels import learning
from dashboard.processes import Busy
from models import checkpoints
from models.train import storyland
from tests import tiny
from tests.dashboard.conftest import texts

POINTS = tuple(
    {
        "seconds": 30.0 * k, "tokens": 640 + 200_000 * k, "held_out_nats": nats, "evenly_nats": 6.5,
        "grammar_nats": 1.5, "agreement": [near, far], "sample": "The keys are <b>red</b>.", "given": 8,
        "lawful": 12,
    }
    for k, (nats, near, far) in enumerate([(6.5, 0.52, 0.5), (3.0, 0.7, 0.4), (1.81, 0.93, 0.35)])
)  # fmt: skip
NAME = "a-name_of_22-letters-x"
SHELL = "Sofia works behind the mill. The benches near the shell"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("UNDERHOOD_WORK", str(tmp_path))
    return tmp_path


def folder_of_a_job(home, *, done: bool = True):
    """A training that has ended, with a random LSTM in place of what it learned."""
    folder = home / NAME
    (folder / "story-lstm").mkdir(parents=True)
    asked = {"recipe": "story-lstm", "minutes": 3, "seed": 4, "began": time.time()}
    (folder / "job.json").write_text(json.dumps(asked))
    history = {"seconds": 60.0, "tokens": 400_640, "steps": 9, "curve": POINTS, "watched": POINTS}
    (folder / "story-lstm" / "history.json").write_text(json.dumps(history))
    (folder / "log.txt").write_text("")
    if done:
        save(folder / "out")
    return folder


def save(folder) -> None:
    """A random LSTM that reads Storyland."""
    words = storyland.tokenizer().get_vocab_size()
    tensors = tiny.lstm_tensors((8, 8), tied=True)
    made = Generator().manual_seed(3)
    tensors = {**tensors, "embedding": randn(words, 8, generator=made), "decoder_bias": randn(words)}
    card = replace(
        tiny.lstm_card((8, 8)),
        vocabulary=words,
        trained_on="Storyland: stories",
        name="story-lstm",
        parameters=sum(tensor.numel() for tensor in tensors.values()),
    )
    config = {"tied": True, "bias": True, "start": 0}
    checkpoints.save(folder, tensors, config, storyland.tokenizer().to_str(), card)


def test_the_sentence_holds_the_numbers_of_the_last_point():
    job: Any = jobs.Job(
        name=NAME, recipe="story-lstm", minutes=3, seed=4, state="done", seconds=60.0, points=POINTS, why=None
    )  # fmt: skip
    assert learning.so_far(job) == (
        "After 60 seconds it has read 400,640 words of Storyland and is off by 0.31 nats per word from a "
        "perfect speaker of this world's grammar; it gets 93 of 100 verb forms right, and 35 of 100 when "
        "another noun stands in between, so it goes by the nearest noun."
    )
    assert "nearest noun" not in learning.so_far(replace(job, points=POINTS[:1]))


def test_curves_stand_between_guessing_and_the_grammar():
    drawn: Any = curve.loss(POINTS)
    assert list(drawn.data[0].y) == [6.5, 3.0, 1.81] and list(drawn.data[0].x) == [640, 200_640, 400_640]
    assert [list(line.y) for line in drawn.data[1:]] == [[6.5, 6.5], [1.5, 1.5]]
    assert [line.name for line in drawn.data[1:]] == ["guessing evenly, 6.50", "the grammar, 1.50"]
    shares: Any = curve.verbs(POINTS)
    assert [list(line.y) for line in shares.data] == [[0.52, 0.7, 0.93], [0.5, 0.4, 0.35], [0.5, 0.5]]
    assert all(line.marker.color is None and line.line.color is None for line in (*drawn.data, *shares.data))


def test_the_page_offers_a_training_and_refuses_a_second(home, opened, monkeypatch):
    page = opened("training")
    assert not page.exception and "What happens while a model learns?" in texts(page)

    def refused(*_: object) -> str:
        raise Busy("Another model is learning on this computer just now: try again in about 3 minutes.")

    begun: list[Any] = []
    monkeypatch.setattr(jobs, "start", refused)
    button(page, "Train it").click().run()
    assert "Another model is learning" in texts(page) and not page.exception
    monkeypatch.setattr(jobs, "start", lambda *asked: begun.append(asked) or NAME)
    page.number_input(key="seed").set_value(5).run()
    button(page, "Train it").click().run()
    assert begun == [("story-lstm", 3, 5)]


def button(page, label: str):
    return next(found for found in page.button if found.label == label)


def test_a_finished_model_opens_on_every_page_and_only_for_its_reader(home, opened):
    folder_of_a_job(home)
    page = opened("training")
    page.query_params["job"] = NAME
    page.run()
    assert not page.exception
    assert "off by 0.31 nats" in texts(page)
    assert "<s>&lt;b&gt;" not in texts(page) and "&lt;b&gt;red" in texts(page), "what it writes stays text"
    own = f"own-{NAME}"
    assert own in page.session_state["own"]
    assert "Your LSTM (3 min, seed 4)" in page.selectbox(key="model").options
    button(page, "Ask it what comes next").click().run()
    assert not page.exception
    assert page.session_state["model"] == own
    assert page.session_state["text"] == SHELL, "an English example makes place for one it knows"
    for view in ("next_words", "saliency", "anatomy"):
        page.switch_page(f"views/{view}.py").run()
        assert not page.exception and 'class="notice"' not in texts(page), view
        assert "Your LSTM (3 min, seed 4)" in texts(page)
    linked = opened("saliency", model=own, text=SHELL)
    assert linked.session_state["model"] == own, "whoever has the name may open it"
    other = opened()
    assert own not in other.selectbox(key="model").options
    assert not any("Your" in title for title in other.selectbox(key="model").options)


def test_a_model_that_is_gone_leaves_the_list(home, opened):
    folder = folder_of_a_job(home)
    own = f"own-{NAME}"
    shelf.adopt(own, "Your LSTM", folder / "out")
    page = opened(model=own, text=SHELL)
    assert page.session_state["model"] == own
    assert shelf.whereabouts(own) == str(folder / "out") and shelf.card(own).name == "Your LSTM"
    jobs.discard(NAME)
    page.run()
    assert not page.exception and page.session_state["model"] != own
    assert shelf.own([own]) == {}
    assert "is no longer open" in texts(page) and "Open a model of your own" in texts(page)
    assert "is no longer open" not in texts(page.run()), "said once"


def test_a_lost_training_says_why_and_offers_what_it_had(home, opened):
    folder_of_a_job(home, done=False)
    page = opened("training")
    page.query_params["job"] = NAME
    page.run()
    assert "ended before its time" in texts(page) and "was closed" in texts(page)
    assert {"Keep what it has learned", "Forget it"} <= {found.label for found in page.button}
    button(page, "Forget it").click().run()
    assert "ended before its time" not in texts(page) and not (home / NAME).exists()


def test_a_running_training_shows_how_far_it_is(home, opened, monkeypatch):
    job: Any = jobs.Job(
        name=NAME, recipe="story-gpt", minutes=3, seed=4, state="learning", seconds=80.0, points=POINTS,
        why=None,
    )  # fmt: skip
    asked: list[str] = []
    monkeypatch.setattr(jobs, "look", lambda name: job if name == NAME else None)
    monkeypatch.setattr(jobs, "finish", asked.append)
    page = opened("training")
    page.query_params["job"] = NAME
    page.run()
    assert not page.exception
    (bar,) = page.get("progress")
    assert bar.proto.value == 44 and "about 100 s left" in bar.proto.text
    assert "Train it" not in {found.label for found in page.button}
    button(page, "Finish now").click().run()
    assert asked == [NAME]


def test_an_invented_job_in_a_link_is_no_job(home, opened):
    page = opened("training")
    page.query_params["job"] = "../../etc"
    page.run()
    assert not page.exception and "Train it" in {found.label for found in page.button}


def test_words_a_story_model_does_not_know_are_named(home, opened):
    save(home / "story")
    shelf.adopt("own-story", "Your LSTM", home / "story")
    assert worlds.strangers("own-story", "The keys to the film are film-like.") == ["to", "film", "-"]
    assert worlds.strangers("own-story", SHELL) == [] == worlds.strangers("wiki-lstm", "flibbertigibbet")
    page = opened(model="own-story", text="The actors are")
    assert "does not know: actors" in texts(page)
    assert page.selectbox(key="example").options == list(choices.examples("storyland"))


@pytest.mark.parametrize("title", list(choices.examples("storyland")))
def test_storyland_examples_are_storyland(title):
    words = storyland.tokenizer().encode(choices.examples("storyland")[title]["text"]).tokens
    assert storyland.next_words(words), "the grammar goes on from here"
