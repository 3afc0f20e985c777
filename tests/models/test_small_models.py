"""The attention-only network, Shakespeare's letters, and the recipes that make up or cut their own text."""

import json
import math
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch.nn import functional

import models
from models import checkpoints, induction, lstm, ngram
from models.__main__ import main
from models.base import Card
from models.induction import AttentionOnly, InductionModel, NoSuchHead, turned
from models.refusals import BadCheckpoint, UnknownModel
from models.text import Cutter
from models.train import induction_2l, shakespeare_chars
from models.train.induction_2l import prefix_matching


@pytest.fixture
def small(tmp_path: Path) -> InductionModel:
    """Two layers of three heads, random."""
    torch.manual_seed(2)
    path = tmp_path / checkpoints.TOKENIZER
    path.write_text(induction_2l.tokenizer().to_str())
    network = AttentionOnly(514, 24, 2, 3)
    card = Card(
        name="small", family="transformer", task="causal", abilities=frozenset({"attention"}),
        widths=(24, 24, 24), vocabulary=514, parameters=sum(one.numel() for one in network.parameters()), heads=3,
    )  # fmt: skip
    return InductionModel(network, card, Cutter(path, 0))


def vectors(model: Any, text: str) -> torch.Tensor:
    return model.embed(torch.tensor(model.encode(text).ids))


def test_turned_vectors_only_know_how_far_apart_they_stand():
    torch.manual_seed(0)
    query, key = torch.randn(2, 6)
    apart = turned(query.expand(1, 1, 9, 6))[0, 0] @ turned(key.expand(1, 1, 9, 6))[0, 0].T  # (9, 9)
    for back in range(-8, 9):
        line = apart.diagonal(back)
        torch.testing.assert_close(line, line[:1].expand_as(line), atol=1e-5, rtol=1e-4)
    assert apart[0].std() > 0.1


def test_attention_is_the_one_of_torch(small: InductionModel):
    network: Any = small.network
    attention, x = network.blocks[0].attention, torch.randn(2, 7, 24)
    parts = attention.asked(x).view(2, 7, 3, 3, 8).transpose(1, 3)  # (B, H, part, T, C)
    speeds = torch.tensor([10_000 ** (-c / 4) for c in range(4)])
    spin = torch.polar(torch.ones(7, 4), torch.arange(7.0)[:, None] * speeds)
    query, key = ((torch.complex(p[..., :4], p[..., 4:]) * spin) for p in parts.unbind(2)[:2])
    query, key = (torch.cat((p.real, p.imag), -1) for p in (query, key))
    expected = functional.scaled_dot_product_attention(query, key, parts[:, :, 2], is_causal=True)
    found, weights = attention(x)
    torch.testing.assert_close(found, expected.transpose(1, 2), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3, 7), atol=1e-6, rtol=0)
    assert weights.triu(1).max() == 0


def test_a_recording_holds_what_the_card_says(small: InductionModel):
    given = vectors(small, "ba ke zu ba ke")
    kept = small.record(given)
    torch.testing.assert_close(kept.logits, small.logits(given[None])[0], atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(small.unembed(kept.hidden[-1]), kept.logits, atol=1e-6, rtol=1e-5)
    assert [h.shape for h in kept.hidden] == [(6, 24)] * 3
    assert kept.attention is not None and kept.attention.shape == (2, 3, 6, 6)


def test_a_head_switched_off_is_a_head_whose_output_weights_are_0(small: InductionModel):
    given = vectors(small, "ba ke zu ba ke")
    whole, without = small.record(given), small.record(given, without=((0, 1), (1, 2)))
    network: Any = small.network
    network.blocks[0].attention_out.weight[:, 8:16] = 0
    network.blocks[1].attention_out.weight[:, 16:] = 0
    torch.testing.assert_close(without.logits, small.record(given).logits, atol=1e-6, rtol=1e-5)
    assert not torch.allclose(without.logits, whole.logits, atol=1e-2)


@pytest.mark.parametrize("head", [(2, 0), (0, 3), (-1, 0)])
def test_a_head_that_is_not_there_is_refused(small: InductionModel, head: tuple[int, int]):
    with pytest.raises(NoSuchHead, match="layers 0 to 1 and heads 0 to 2"):
        small.record(vectors(small, "ba ke"), without=(head,))


def test_prefix_matching_is_1_for_a_head_that_looks_where_it_should():
    # start, a b c, a b c, a b c: places 4 to 9 repeat; from place t to t - 2 and t - 5 stands what followed
    attention = torch.zeros(3, 1, 1, 10, 10)
    for place in range(10):
        attention[0, ..., place, max(place - 2, 0)] = 1
        attention[1, ..., place, : place + 1] = 1 / (place + 1)
        attention[2, ..., place, max(place - 3, 0)] = 1
    uniform = sum((1 if place < 7 else 2) / (place + 1) for place in range(4, 10)) / 6
    torch.testing.assert_close(prefix_matching(attention, 3)[:, 0], torch.tensor([1.0, uniform, 0.0]))


def test_rows_repeat_what_they_say():
    made = torch.Generator().manual_seed(1)
    told = induction_2l.repeats(3, 7, 30, made)
    assert told.shape == (3, 31) and (told[:, 0] == 0).all() and (told[:, 1:] > 0).all()
    assert (told[:, 1:24] == told[:, 8:]).all()
    rows = induction_2l.rows(8, 200, made)
    assert rows.shape == (8, 201)
    for row in rows[:, 1:]:
        assert len(set(row.tolist())) <= 64  # 60 short or 64 long at most, though 200 were said


def test_syllables_are_typed_with_spaces_and_others_unknown(small: InductionModel):
    assert len(set(induction_2l.SYLLABLES)) == 512
    tokens = small.encode("ba  ke zut\nqq ba")
    assert tokens.shown == ("", "ba", "ke", "zut", "qq", "ba")
    assert tokens.ids[4] == 1 and tokens.ids[1] == tokens.ids[5] > 1
    assert tokens.words.tolist() == [0, 1, 2, 3, 4, 5]
    assert small.shown(int(tokens.ids[3])) == " zut"


# The recipes, end to end


SPEECHES = "\n\n".join(f"CLERK {n % 3}:\nSay, who keeps the keys?\nThe {n}th of us." for n in range(120))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("data")
    (home / "tinyshakespeare").mkdir()
    (home / "tinyshakespeare" / "input.txt").write_text(SPEECHES)
    (home / "imdb").mkdir()
    (home / "wikitext-2").mkdir()
    import pyarrow
    import pyarrow.parquet

    for part in ("train", "test"):
        table = pyarrow.table(
            {"text": [f"A film about keys, number {n}." for n in range(9)], "label": [1] * 9}
        )
        pyarrow.parquet.write_table(table, home / "imdb" / f"{part}.parquet")
    for part in ("train", "valid", "test"):
        lines = [f" the keys of cabinet {n % 7} are in the {part} . " for n in range(300)]
        (home / "wikitext-2" / f"{part}.txt").write_text("\n".join([" = Keys = ", *lines]) + "\n")
    return home


def trained(name: str, data: Path, home: Path) -> Card:
    asked = ["train", name, "--data", str(data), "--work", str(home / "work"), "--size", "tiny",
             "--threads", "1", "--out", str(home / name), "--epochs", "1"]  # fmt: skip
    assert main(asked) == 0
    card = checkpoints.read_card(home / name)
    checkpoints.verify(home / name, card)
    return card


RECIPES: dict[str, tuple[ModuleType, int, str]] = {
    "induction-2l": (induction, 6, "ba ke zu"),
    "shakespeare-chars": (lstm, 3, "CLERK:\n"),
    "story-lstm": (lstm, 3, "Mia lives near"),
}


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_keeps_stages_that_open(name: str, data: Path, tmp_path: Path):
    opener, count, text = RECIPES[name]
    card = trained(name, data, tmp_path)
    assert card.perplexity_per_token == pytest.approx(math.exp(card.held_out_loss_nats or 0))
    assert card.held_out_loss_nats is not None and card.held_out_loss_nats < math.log(card.vocabulary) + 0.2
    assert len(card.snapshots) == count
    seen = [kept["tokens_seen"] for kept in card.snapshots]
    assert seen == sorted(seen) and seen[0] > 0 and seen[-1] <= (card.tokens_seen or 0)
    first, last = (opener.load(tmp_path / name, card.snapshots[at]["name"]) for at in (0, -1))
    given = vectors(first, text)
    assert first.record(given).logits.shape == (len(first.encode(text)), card.vocabulary)
    assert not torch.equal(first.record(given).logits, last.record(vectors(last, text)).logits)
    assert first.card.held_out_loss_nats == card.snapshots[0]["held_out_loss_nats"]


def test_the_trained_network_is_the_one_that_opens(data: Path, tmp_path: Path):
    from models.train import story_lstm
    from models.train.learning import Settings

    torch.manual_seed(0)
    network = story_lstm.Network("tiny")
    named = story_lstm.tensors(network)
    parts = story_lstm.parts(network, Settings(data=data, work=tmp_path, size="tiny"))
    card = Card(name="story-lstm", task="causal", **parts.shape)
    opened = lstm.LstmModel(named, card, None)  # type: ignore[arg-type]
    ids = torch.tensor([0, 7, 5, 9])
    expected = network(ids[None])[0]
    torch.testing.assert_close(opened.record(opened.embed(ids)).logits, expected, atol=1e-5, rtol=1e-5)


def test_n_grams_are_counted_by_their_recipe(data: Path, tmp_path: Path):
    card = trained("wiki-ngram", data, tmp_path)
    opened = ngram.load(tmp_path / "wiki-ngram")
    assert card.held_out_loss_nats is not None and card.held_out_loss_nats < math.log(card.vocabulary) - 2
    logits = opened.record(vectors(opened, "the keys of")).logits
    torch.testing.assert_close(logits.exp().sum(1), torch.ones(len(logits)), atol=1e-5, rtol=0)
    assert opened.shown(int(logits[-1].argmax())).startswith(" c")


def test_letters_are_pieces_and_line_ends_too(data: Path, tmp_path: Path):
    from models.train.learning import Settings

    settings = Settings(data=data, work=tmp_path)
    known, unseen = shakespeare_chars.halves(settings)
    assert known + unseen == SPEECHES and known.endswith("\n\n") and unseen.startswith("CLERK")
    path = tmp_path / checkpoints.TOKENIZER
    path.write_text(shakespeare_chars.tokenizer_json(settings))
    cutter = Cutter(path, 0)
    tokens = cutter.cut("Say\n\n  k\u00e9ys")
    assert tokens.shown == ("", *"Say\n\n  k\u00e9ys")
    assert [cutter.written(n) for n in tokens.ids[1:]] == [*"Say\n\n  k", "<unk>", *"ys"]
    ids = shakespeare_chars.numbers(shakespeare_chars.tokenizer(known), known)
    speeches = known.split("\n\n")
    assert (ids == 0).sum() == math.ceil(len(speeches) / 50) and ids[0] == 0
    assert len(ids) == len(known) - 2 * (math.ceil(len(speeches) / 50) - 1) + (ids == 0).sum()


def test_weights_that_do_not_fit_are_refused(small: InductionModel, tmp_path: Path):
    config = {"vocabulary": 514, "width": 24, "layers": 2, "heads": 3, "start": 0}
    folder, written = tmp_path / "kept", induction_2l.tokenizer().to_str()
    checkpoints.save(folder, small.network.state_dict(), config, written, small.card)
    assert induction.load(folder).card.heads == 3
    path = folder / checkpoints.CONFIG
    for bomb, what in (({"vocabulary": 10**12}, "size"), ({"layers": 10**9}, "the number of layers")):
        path.write_text(json.dumps(config | bomb))
        with pytest.raises(BadCheckpoint, match=f"weights and config.json disagree in {what}"):
            induction.load(folder)
    path.write_text(json.dumps({**config, "layers": 3}))
    with pytest.raises(BadCheckpoint, match=r"weights and config\.json disagree: restore it"):
        induction.load(folder)
    path.write_text(json.dumps({"start": 0}))
    with pytest.raises(BadCheckpoint, match="has no heads, layers, vocabulary, width"):
        induction.load(folder)


# As bundled


def copied(model: InductionModel, without: tuple[tuple[int, int], ...] = ()) -> float:
    """Nats per syllable of the second copy of a phrase of 20."""
    ids = induction_2l.repeats(1, 20, 40, torch.Generator().manual_seed(11))[0]
    logs = model.record(model.embed(ids[:-1]), without).logits.log_softmax(-1)
    return float(-logs.gather(1, ids[1:, None])[21:].mean())


def test_the_bundled_heads_find_what_followed_and_need_the_one_that_looks_back():
    model: Any = models.load("induction-2l")
    ids = induction_2l.repeats(1, 25, 100, torch.Generator().manual_seed(11))[0, :-1]
    attention = model.record(model.embed(ids)).attention[:, None]
    assert prefix_matching(attention, 25)[1].max() > 0.9
    back = [float(attention[0, 0, head].diagonal(-1).mean()) for head in range(4)]
    whole = copied(model)
    assert whole < 1.0 and max(back) > 0.9
    assert copied(model, without=((0, back.index(max(back))),)) > whole + 2.5  # of ln 513 = 6.2
    for head in set(range(4)) - {back.index(max(back))}:
        assert copied(model, without=((0, head),)) < whole + 0.7


def test_the_bundled_stages_show_when_it_was_learned():
    kept = models.card("induction-2l").snapshots
    assert kept[0]["prefix_matching"] < 0.1 and kept[-1]["prefix_matching"] > 0.9
    jump = [stage["prefix_matching"] for stage in kept if stage["name"] in ("22-percent", "24-percent")]
    assert jump[0] < 0.3 and jump[1] > 0.8  # learned within a fiftieth of the training
    assert kept[0]["second_copy_loss_nats"] > 6.0 and kept[-1]["second_copy_loss_nats"] < 0.6
    untaught: Any = models.load(f"induction-2l@{kept[0]['name']}")
    assert copied(untaught) > 5.5


@pytest.mark.parametrize("name", ["shakespeare-chars", "story-lstm"])
def test_a_training_can_be_watched_again(name: str):
    kept = models.card(name).snapshots
    assert 3 <= len(kept) <= 5
    losses = [stage["held_out_loss_nats"] for stage in kept]
    assert losses == sorted(losses, reverse=True) and losses[0] > losses[-1] + 0.2
    assert models.load(f"{name}@{kept[0]['name']}").card.held_out_loss_nats == losses[0]


def test_a_stage_has_its_own_card_without_its_weights_being_opened():
    card, last = models.card("story-lstm@1-percent"), models.card("story-lstm")
    opened = models.load("story-lstm@1-percent").card
    assert (card.name, card.sha256) == (opened.name, opened.sha256)
    assert card.sha256 != last.sha256 and card.name == "story-lstm@1-percent"
    with pytest.raises(UnknownModel, match="has no stage"):
        models.card("story-lstm@99-percent")
