"""“How is it built?” through `app.py`: the page shows the records' numbers, as text and nothing else."""

import json
import re
from html import unescape

import numpy as np
import pytest

import models
from dashboard import cached
from dashboard.anatomy_parts import computes, share, weights
from dashboard.components.merges import merges
from dashboard.figures import anatomy as pictures
from interpret import record
from interpret.anatomy import anatomy
from interpret.results.anatomy import Anatomy, Part
from tests.dashboard.conftest import lines_to_copy, texts

MODELS = models.names()
TEXT = "The keys to the old wooden cabinet"


def part(name: str, **given) -> Part:
    return Part(
        **{
            "name": name,
            "kind": "other",
            "shapes": (),
            "parameters": 1,
            "computed": (),
            "keeps": True,
            **given,
        }
    )


def plain_anatomy(*parts: Part) -> Anatomy:
    return Anatomy(
        model="toy", model_sha256="0", family="lstm", task="causal", text="a", tokens=("a",),
        spans=np.array([[0, 1]]), parts=parts, origin=None, heirs=(), cutting=None, lines=None,
    )  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_the_page_shows_the_models_own_parts(opened, model):
    page = opened("anatomy", model=model, text=TEXT)
    assert not page.exception
    found = anatomy(record(models.load(model), TEXT))
    written = unescape(texts(page))
    assert found.in_words() in written
    for one in found.parts:
        assert f"<td>{one.name}</td>" in written and f"{one.parameters:,}" in written
    assert f"{models.card(model).parameters:,}" in written and f"{found.numbers:,}" in written
    drawn = json.loads(page.get("plotly_chart")[0].proto.spec)["data"]
    assert [bar["text"] for bar in drawn] == [
        [pictures.short(getattr(one, name)) for one in found.parts] for name in ("parameters", "numbers")
    ]
    if found.cutting is None:
        assert "is a token of its own, one of the" in written
        return
    (component,) = [e for e in page.get("bidi_component") if "merges" in e.proto.component_name]
    data = json.loads(component.proto.json)
    assert [word["steps"][0] for word in data["words"]] == [list(w.steps[0]) for w in found.cutting.words]


@pytest.mark.parametrize("model", MODELS)
def test_the_small_matrices_hold_the_records_numbers(opened, model):
    page = opened("anatomy", model=model, text=TEXT)
    found = anatomy(record(models.load(model), TEXT)).lines
    if found is None:
        pytest.skip("a model without cells and heads")
    shown = re.findall(r'<td class="(for|against)[^>]*>([^<]*)</td>', texts(page))
    numbers = sorted(float(number.replace("−", "-")) for _, number in shown)
    if found.kind == "cell":
        own = np.stack(list(found.matrices.values())).ravel()
    else:
        seen = ~found.matrices["later"]
        own = np.concatenate([found.matrices[name][seen] for name in ("scores", "weights")])
    np.testing.assert_allclose(numbers, np.sort(own), atol=0.005 + 1e-6)
    assert found.code in lines_to_copy(page)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\U0001f642",
        "كتب الولد",
        "a\x00b",
        "\u202eevil",
        "<script>alert(1)</script>",
        "# **x** $z$",
        "word " * 600,
    ],
)
@pytest.mark.parametrize("model", MODELS[:2])
def test_any_text_gives_a_sentence_or_the_parts(opened, model, text):
    page = opened("anatomy", text=text, model=model)
    assert not page.exception
    written = texts(page)
    assert "<script>" not in written
    assert "notice" in written or page.get("bidi_component")


def test_the_python_lines_run(opened, capsys):
    page = opened("anatomy", text=TEXT, model=MODELS[0])
    (code,) = [block for block in lines_to_copy(page) if "interpret.anatomy" in block]
    exec(code, {})
    written = capsys.readouterr().out
    found = anatomy(record(models.load(MODELS[0]), TEXT))
    assert written.count("\n") == len(found.parts)
    assert all(f"{one.name} {one.parameters} {one.numbers}" in written for one in found.parts)


def test_fastais_words_are_on_the_page(opened):
    page = opened("anatomy", text="Sooooo the GOOD zyx", model=MODELS[0])
    written = texts(page)
    assert '<bdi class="mark">xxup</bdi>' in written and "replace_rep" in written
    assert '<bdi class="unknown">xxunk <s>zyx</s></bdi>' in written
    assert "How is it computed" not in cached.about("anatomy") and "||w' - w||" in cached.about("anatomy")


def test_many_parts_are_drawn_block_by_block():
    parts = [part("embedding")]
    parts += [part(f"{kind} of block {n}", parameters=n) for n in (1, 2) for kind in "abcdefghijklm"]
    figure = pictures.parts(plain_anatomy(*parts))
    assert list(figure.layout.yaxis.ticktext) == ["embedding", "block 1", "block 2"]  # type: ignore[union-attr]
    assert [list(bar.x) for bar in figure.data] == [[1, 13, 26], [0, 0, 0]]  # type: ignore[attr-defined]


def test_moves_are_drawn_in_percent_and_new_parts_left_out():
    figure = pictures.moves(plain_anatomy(part("<b>x</b>", moved=0.125), part("new", keeps=False)))
    assert list(figure.data[0].text) == ["12.5\u00a0%"]  # type: ignore[attr-defined]
    assert list(figure.layout.yaxis.ticktext) == ["&lt;b&gt;x&lt;/b&gt;"]  # type: ignore[union-attr]


def test_a_share_is_100_only_of_the_whole():
    assert [share(n, 1000) for n in (0, 2, 500, 998, 1000)] == [
        "0\u00a0%", "0.20\u00a0%", "50\u00a0%", "99.8\u00a0%", "100\u00a0%",
    ]  # fmt: skip
    assert share(99_999, 100_000) == "99.9\u00a0%"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("shakespeare-chars", "Every character is a token of its own, one of the 67 it knows"),
        ("induction-2l", "Every word and every mark is a token of its own, one of the 514 it knows"),
        ("reviews-lstm-sentiment", "tokenizer learned 7,932 pairs"),
    ],
)
def test_how_each_kind_of_tokenizer_cuts_is_said(opened, model, said):
    page = opened("anatomy", text="ba ke zut", model=model)
    assert not page.exception
    assert said in texts(page)


def test_a_classifier_on_an_lstm_shows_its_cell_and_what_moved(opened):
    page = opened("anatomy", text=TEXT, model="reviews-lstm-sentiment")
    written = texts(page)
    assert "An LSTM cell in four lines" in written and "It started from reviews-lstm. The bars" in written
    assert "tied" not in written, "its head has weights of its own"
    assert len(page.get("plotly_chart")) >= 2


def test_shapes_in_words():
    one = part(
        "attention", shapes=(("h.0.attn.c_attn.weight", (8, 24)), ("h.0.attn.c_attn.bias", (24,))),
        computed=((9, 8), (9, 8), (2, 9, 9)),
    )  # fmt: skip
    assert weights(one) == "c_attn 8 × 24, 1 vector"
    assert computes(one) == "306 = 2 × (9 × 8) + 2 × 9 × 9"
    assert weights(part("output layer", tied_to="embedding")) == "tied: the embedding's matrix, counted there"


def test_merges_that_do_not_fit_their_steps_are_refused():
    word = {"word": "a", "steps": [["a"]], "joined": [0], "ranks": [1], "pieces": []}
    with pytest.raises(ValueError, match="one merge a step"):
        merges([word], key="x", width=1)
