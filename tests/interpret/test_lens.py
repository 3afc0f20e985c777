"""Layer by layer: on paper, the law of the last layer, against transformers' own modules, and refusals."""

from typing import Any

import numpy as np
import pytest
import torch

import models
from interpret import explain, find_studies, record, study
from interpret.lens import readers, training
from interpret.method import UnknownMethod
from interpret.methods import lens
from models import early as last_steps
from models import huggingface
from models.early import early, last_norm
from models.patched import patch_of, patched
from models.refusals import Refusal
from tests import tiny
from tests.models.test_catalog import bundled
from tests.toys import Toy, toy_run

TEXT = "The keys to the cabinet"
CAUSAL = [n for n in models.names() if models.card(n).task == "causal" and models.card(n).family != "ngram"]


def test_a_toy_on_paper():
    """Its embedding read straight: logits are the decoder times the word's own vector."""
    run = toy_run("red dog")
    found = explain(run, "lens")
    straight = run.model.unembed(run.hidden[0]).softmax(-1)
    assert found.layers == (0, 1)
    np.testing.assert_allclose(found.values[0], straight.max(-1).values, rtol=1e-6)
    np.testing.assert_allclose(found.values[1], run.logits.softmax(-1).max(-1).values, rtol=1e-6)
    kl = (run.logits.softmax(-1) * (run.logits.log_softmax(-1) - straight.log())).sum(-1)
    np.testing.assert_allclose(found.divergence[0], kl, atol=1e-6)


@pytest.mark.parametrize("name", CAUSAL)
def test_the_last_layer_is_the_models_answer(name: str):
    model = bundled(name)
    run = record(model, "ab" if name == "induction-2l" else TEXT)
    found = explain(run, "lens")
    assert found.check.passed
    np.testing.assert_allclose(found.values[-1], run.logits.double().softmax(-1).max(-1).values, atol=1e-6)
    assert (found.rank[-1] == 1).all()
    assert np.abs(found.divergence[-1]).max() < 1e-6


@pytest.mark.parametrize("place", [-1, 2])
def test_decided_is_the_layer_from_which_the_guess_stays_first(place: int):
    found = explain(record(bundled("story-gpt"), "Sofia works behind the mill."), "lens")
    first = [cells[place][0] for cells in found.candidates]
    settled = found.layers.index(found.decided[place])
    assert all(word == first[-1] for word in first[settled:])
    assert settled == 0 or first[settled - 1] != first[-1]


def test_gpt2_is_read_as_its_own_modules_read_it(tmp_path: Any):
    model: Any = huggingface.load(tiny.huggingface_folder(tmp_path / "tiny", "gpt2"))
    run = record(model, TEXT)
    network = model.network
    with torch.no_grad():
        theirs = network.lm_head(network.transformer.ln_f(run.hidden[1]))
    torch.testing.assert_close(early(model, run.hidden[1]), theirs)
    assert last_norm(model) is network.transformer.ln_f


def test_masked_models_are_asked_place_by_place():
    model = bundled("reviews-bert")
    run = record(model, "A fine film.")
    found, fill_ins = explain(run, "lens"), explain(run, "next_words")
    places = list(found.asked_of)
    np.testing.assert_allclose(found.values[-1], fill_ins.values[places, 0], atol=1e-5)
    assert [c[0] for c in found.candidates[-1]] == [fill_ins.candidates[p][0] for p in places]


def test_watched_words_have_the_models_log_probabilities():
    run = record(bundled("wiki-lstm"), TEXT)
    found = explain(run, "lens", watch="is | are")
    assert [word.strip() for word in found.watched] == ["is", "are"]
    ids = [int(run.model.encode(f"a {word}").ids[-1]) for word in ("is", "are")]
    np.testing.assert_allclose(found.watched_logs[-1, -1], run.logits[-1].log_softmax(-1)[ids], atol=1e-5)


def test_a_layer_of_another_width_is_left_out_and_said():
    found = explain(record(bundled("wiki-lstm"), TEXT), "lens")
    assert found.layers == (0, 2)
    assert any("Layer 1 has 512 numbers" in note for note in found.notes)


# The tuned lens


def test_least_squares_recovers_an_affine_map():
    made = torch.Generator().manual_seed(1)
    given, matrix = torch.randn(500, 4, generator=made), torch.randn(4, 3, generator=made)
    found, bias = training._ridge(given, given @ matrix + 2.0, strength=1e-6)
    torch.testing.assert_close(found, matrix, atol=1e-3, rtol=0)
    torch.testing.assert_close(bias, torch.full((3,), 2.0), atol=1e-3, rtol=0)


def test_a_lens_learned_here_is_closer_and_reads_every_layer(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(readers, "_trained", {})
    monkeypatch.setattr(readers, "_bundled", lambda _: None)
    model = bundled("story-lstm")
    with pytest.raises(Refusal, match="no tuned lens"):
        explain(record(model, "Sofia works."), "lens", reader="tuned")
    found = study(model, "tuned_lens", seconds=1)
    assert found.check.passed
    assert found.values[-1][0] < found.straight[0]
    assert explain(record(model, "Sofia works."), "lens", reader="tuned").layers == (0, 1)


def test_a_lens_survives_the_disk(tmp_path: Any):
    parts = (torch.eye(3),), (torch.ones(3),)
    readers.save(readers.Lens(*parts, {"sha256": "x"}), tmp_path / "a.safetensors")
    back = readers._bundled(tmp_path / "a.safetensors")
    assert back is not None and back.learned["sha256"] == "x"
    torch.testing.assert_close(back.translated(torch.ones(2, 3), 0), torch.full((2, 3), 2.0))


# Refusals


def test_what_cannot_be_read_is_said():
    with pytest.raises(UnknownMethod, match="names a class"):
        explain(record(bundled("sst-attention"), "A film."), "lens")
    with pytest.raises(UnknownMethod, match="needs"):
        explain(record(bundled("wiki-ngram"), "A film."), "lens")
    with pytest.raises(Refusal, match="at least 200 tokens"):
        training.train(bundled("story-lstm"), ["Sofia works."], seconds=1)
    assert "tuned_lens" in find_studies()


# States from another text

PAIR = (
    "Sofia works behind the mill. The benches near the shell",
    "Sofia works behind the mill. The bench near the shell",
)


@pytest.mark.parametrize("name", ["story-gpt", "story-lstm"])
def test_all_states_together_carry_the_answer_over(name: str):
    """The last layer's last state is all the output reads: alone it carries the answer over, all the way."""
    found = explain(record(bundled(name), PAIR[0]), "patching", other=PAIR[1])
    assert found.check.passed
    assert found.values[-1, -1] == pytest.approx(1.0, abs=1e-4)
    np.testing.assert_allclose(found.values[0, :8], 0.0, atol=1e-6)  # the same words up to there
    assert found.values[0, 8] == pytest.approx(1.0, abs=1e-4)  # the only word that differs
    assert found.other_lead > 0 > found.lead


def test_a_patch_is_what_a_run_of_the_changed_text_gives():
    """Replacing the one embedding that differs is the other text: every later state equals its own."""
    model = bundled("story-lstm")
    ours, theirs = (record(model, text) for text in PAIR)
    for layer in (0, 1):
        found = patched(model, ours.vectors, patch_of(theirs, layer, 8, 8))
        torch.testing.assert_close(found.logits[8:], theirs.logits[8:], atol=1e-4, rtol=1e-4)


def test_one_state_changes_only_what_comes_after_it():
    found = explain(record(bundled("story-gpt"), PAIR[0]), "patching", other=PAIR[1], layer=2, place=8)
    assert (found.values[:2] == 0).all() and (found.values[:, :8] == 0).all()
    assert found.values[2, 8] > 0 and found.values[4, 11] > 0


class ToyOfOneBlock(Toy):
    """A `Toy` whose last states can be replaced."""

    def __init__(self) -> None:
        super().__init__()
        self.network = torch.nn.Module()
        self.network.blocks = torch.nn.ModuleList([torch.nn.Identity()])


def test_the_state_of_a_chosen_word_on_paper():
    """The state of "dog" in "red dog", put at every place of "red dog ran".

    Leads of "ran" over "red" are (-2, 1) times the state: -6.75 at the start and 4.5 in the other text, 11.25
    apart. Put into the embeddings, dog (-2, 4) adds to the last state 1/8 (-3, 2) at the start mark, 1/4 (-5, 5)
    at red, nothing at itself, (-7, 3) at ran: leads of 1, 3.75, 0 and 17. In the last layer only the end counts.
    """
    run = record(ToyOfOneBlock(), " red dog ran")
    found = explain(run, "patching", other=" red dog", source=2)
    np.testing.assert_allclose(found.values[0], np.array([1, 3.75, 0, 17]) / 11.25, atol=1e-6)
    np.testing.assert_allclose(found.values[1], [0, 0, 0, 1], atol=1e-6)
    assert found.compared.all() and found.sources == (2, 2, 2, 2)
    assert found.in_words().endswith("farthest at “ran”, embedding (151\u00a0% of the way).")


@pytest.mark.parametrize("name", ["story-gpt", "story-lstm"])
def test_the_same_place_chosen_is_the_same_place(name: str):
    """Without a choice, each column is what choosing its own place gives."""
    run = record(bundled(name), "Zoe works. The benches near the shell")
    other = "Sofia works behind the mill. The bench near the shell"
    straight = explain(run, "patching", other=other)
    place = 3
    chosen = explain(run, "patching", other=other, source=straight.sources[place])
    np.testing.assert_allclose(chosen.values[:, place], straight.values[:, place], atol=1e-6)
    cones = [
        explain(run, "patching", other=other, layer=1, place=place, source=source).values
        for source in (-1, straight.sources[place])
    ]
    np.testing.assert_array_equal(*cones)


def test_a_place_that_is_not_there_is_refused():
    run = record(bundled("story-gpt"), PAIR[0])
    with pytest.raises(Refusal, match="12 places to story-gpt, 0 to 11: there is none at 12"):
        explain(run, "patching", other=PAIR[1], source=12)
    with pytest.raises(Refusal, match="has none to be replaced by"):
        explain(run, "patching", other="The bench near the shell", layer=0, place=1)


def test_texts_that_end_alike_are_refused():
    with pytest.raises(Refusal, match="Both texts lead to"):
        explain(record(bundled("story-gpt"), PAIR[0]), "patching", other=PAIR[0])


@pytest.mark.parametrize("path", sorted(readers.LENSES.glob("*.safetensors")), ids=lambda path: path.stem)
def test_a_bundled_lens_was_learned_for_these_weights(path: Any):
    """If this fails after a training: `python -m interpret learn-lens --model NAME`."""
    lens = readers.known(models.card(path.stem))
    assert lens is not None
    closer = zip(lens.learned["divergence"], lens.learned["straight"], strict=True)  # type: ignore[call-overload]
    assert all(read < straight for read, straight in closer if straight is not None)


# Quicker ways to the same numbers


def test_the_largest_few_are_found_in_blocks():
    made = torch.Generator().manual_seed(3)
    scores = torch.randn(7, 20_011, generator=made)
    scores[0, -3:] = 9.0  # beyond the last whole block
    found, known = lens._largest(scores, 5), scores.topk(5)
    torch.testing.assert_close(found.values, known.values)
    torch.testing.assert_close(scores.gather(1, found.indices), known.values)


def test_a_word_that_is_impossible_costs_nothing():
    scores = torch.tensor([[0.0, 0.0, -torch.inf, 0.0]])
    found = lens._kept(scores, lens._final(scores), [2])
    assert found["entropy"].item() == pytest.approx(np.log2(3), abs=1e-6)
    assert (found["divergence"].item(), found["rank"].item(), found["watched_rank"].item()) == (0.0, 1, 4)


def test_a_packed_last_step_is_the_models_own(monkeypatch: pytest.MonkeyPatch):
    model = bundled("story-gpt")
    states = torch.randn(3, 5, model.card.widths[-1], generator=torch.Generator().manual_seed(1))
    assert last_steps.packed_step(model) == model.unembed  # too small to be worth it
    monkeypatch.setattr(last_steps, "WORTH", 1)
    torch.testing.assert_close(
        last_steps.packed_step(model)(states), model.unembed(states), atol=1e-4, rtol=1e-5
    )
