"""Where heads look while the model writes on: the rows of the longer text, one earlier for writing."""

import numpy as np
import pytest

from interpret import explain
from interpret.method import UnknownMethod
from interpret.run import record
from models.base import Tokens
from models.refusals import Refusal

TEXT = "the keys to the cabinet"
CAUSAL = ("gpt2", "llama", "induction")


@pytest.mark.parametrize("kind", CAUSAL)
def test_rows_are_those_of_the_longer_text(opened, kind):
    run = record(opened[kind], TEXT)
    given = len(run.tokens)
    assert run.attention is not None
    found, read = (explain(run, "attention_written", count=5, row=row) for row in ("writing", "reading"))
    assert found.values.shape == read.values.shape == (*run.attention.shape[:2], 5, given + 5)
    assert found.askers == found.tokens[given:] and found.text.startswith(TEXT) and not found.causal
    np.testing.assert_allclose(found.values[:, :, 0, :given], run.attention[:, :, -1], atol=1e-5)
    np.testing.assert_allclose(found.values[:, :, 1:], read.values[:, :, :-1], atol=1e-12)
    assert found.values[:, :, 0, given:].max() == 0 and read.values[:, :, 0, given + 1 :].max() == 0
    np.testing.assert_allclose(found.values.sum(-1), 1, atol=1e-5)
    assert 0 < found.sink_share < 1 and found.notes[0].startswith("It wrote “")


def test_greedy_is_the_likeliest_each_time_and_lots_repeat_with_the_seed(opened):
    run = record(opened["induction"], TEXT)
    found = explain(run, "attention_written", count=4)
    tokens = run.tokens
    for piece in found.askers:
        best = int(record(run.model, tokens).logits[-1].argmax())
        assert run.model.shown(best) == piece
        ends = np.concatenate([tokens.spans, [[len(tokens.text), len(tokens.text) + len(piece)]]])
        tokens = Tokens(
            text=tokens.text + piece,
            ids=np.append(tokens.ids, best),
            shown=(*tokens.shown, piece),
            spans=ends,
        )
    one, two, three = (
        explain(run, "attention_written", count=12, greedy=False, seed=seed).askers for seed in (1, 1, 2)
    )
    assert one == two != three


def test_models_that_do_not_write_and_full_texts_are_refused(opened):
    with pytest.raises(UnknownMethod, match="is for models that write the next word"):
        explain(record(opened["bert"], TEXT), "attention_written")
    full = record(opened["induction"], opened["induction"].encode("keys " * 40).cut(80))
    with pytest.raises(Refusal, match="no room to write on"):
        explain(full, "attention_written")
    with pytest.raises(UnknownMethod, match="count lies between 1 and 60"):
        explain(full, "attention_written", count=99)
