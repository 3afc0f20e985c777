"""Parts of "Where does it look?": which maps, the picture, roles of heads, and what heads are worth."""

from typing import Any

import numpy as np
import streamlit as st

from dashboard import answers, cached, choices, figures, frame, shelf
from dashboard.components.attention_map import KEPT, attention_map
from dashboard.figures.attention import offsets
from dashboard.interface import says
from dashboard.panels.attention_detail import kept_head, product, word_classes
from dashboard.questions import QUESTIONS
from interpret.results.attention import ROLES
from interpret.sentences import percent

MAPS: dict[str, tuple[str, str, dict[str, Any]]] = {  # in the address: what to call it, method, options
    "raw": (says("attention.raw-weights"), "attention", {}),
    "moved": (says("attention.weighted-by-what-is-moved"), "attention_norms", {"of": "head"}),
    "layer": (says("attention.weighted-by-what-is-moved-2"), "attention_norms", {"of": "layer"}),
    "kept": (says("attention.with-what-the-token-keeps"), "attention_norms", {"of": "residual"}),
    "norm": (says("attention.and-behind-the-norm-berts"), "attention_norms", {"of": "norm"}),
    "effective": (says("attention.effective-what-can-reach"), "attention_effective", {}),
    "zeroing": (says("attention.value-zeroing-what-would-be"), "value_zeroing", {}),
    "alti": (says("attention.alti-through-the-layers"), "attention_alti", {}),
    "rollout": (says("attention.rollout-through-the-layers"), "attention_rollout", {}),
    "fair": (says("attention.rollout-against-an-even-look"), "attention_rollout", {"fair": True}),
    "flow": (says("attention.flow-through-the-layers-short"), "attention_flow", {}),
    "gradient": (says("attention.attention-gradient"), "attention_gradient", {}),
    "attribution": (says("attention.token-attribution-by-gradients"), "token_attribution", {}),
    "writing": (says("attention.while-it-writes-on-what"), "attention_written", {"row": "writing"}),
    "reading": (says("attention.what-each-new-word-looks"), "attention_written", {"row": "reading"}),
    "shuffled": (says("attention.the-kept-head-shuffled"), "head_swapped", {"way": "shuffled"}),
    "adversary": (says("attention.very-different-weights"), "head_swapped",
                  {"way": "adversary"}),
    "twin": (says("attention.the-kept-heads-exact-twin"), "head_swapped", {"way": "twin"}),
}  # fmt: skip
MEMORY = next(one.title for one in QUESTIONS if one.path == "memory")
SMALL = 20_000_000  # parameters up to which roles are found unasked


def can_be_seen() -> bool:
    """Whether the model has attention; else the page says what to choose instead."""
    name = choices.model()
    if cached.method_titles("head-maps", name):
        return True
    others = [n for n in shelf.titles() if cached.method_titles("head-maps", n)]
    frame.notice(
        says("attention.has-no-attention-there-are", name=shelf.card(name).name),
        says("attention.choose-one-that-has-what", others=", ".join(others), memory=MEMORY),
    )
    return False


def maps() -> tuple[str, Any]:
    """The reader's choice of maps and the answer."""
    heads = shelf.card(choices.model()).heads or 2
    kind = "raw"
    if heads > 1:
        writes = shelf.task(choices.model()) == "causal"
        offered = {
            k: said for k, (said, method, _) in MAPS.items() if writes or method != "attention_written"
        }
        kind = choices.among("map", says("attention.what-to-show"), offered)
    _, method, options = MAPS[kind]
    target = {"target": "next"} if kind == "gradient" and shelf.task(choices.model()) == "causal" else {}
    if method == "head_swapped":
        target = dict(zip(("layer", "head"), kept_head(), strict=True))
    if method == "attention_written":
        options = {**options, **_writing()}
    choices.keep(of=options.get("of"))
    found = answers.first(method, **options, **target)
    if found is None:
        kind, found = "raw", answers.ask("attention")
    return kind, found


def _writing() -> dict[str, Any]:
    """How the model should write on."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        count = choices.number("words", says("attention.tokens-to-write"), 4, 40, 12)
        greedy = choices.pick(
            "draw",
            says("attention.each-token"),
            {"likeliest": says("attention.the-likeliest"), "drawn": says("attention.drawn-by-lot")},
            "likeliest",
        )
        seed = choices.number("lot", says("attention.lot"), 0, 20, 0) if greedy == "drawn" else 0
    return {"count": count, "greedy": greedy == "likeliest", "seed": seed}


def answer(found: Any, known: Any) -> None:
    """The sentence under the question; of a text the model wrote on first what it wrote."""
    wrote = found.notes[:1] if found.method == "attention_written" else ()
    said = [*wrote, *(one.in_words() for one in (found, known) if one is not None)]
    frame.answer(" ".join(said), found)


def roles() -> Any:
    """What each head does, if the reader wants to know and the model has more heads than one."""
    card = shelf.card(choices.model())
    if card.heads == 1:
        return None
    if not choices.switch(
        "roles", says("attention.find-what-each-head-does"), first=card.parameters <= SMALL
    ):
        return None
    return answers.first("head_roles")


@choices.fragment
def picture(kind: str, found: Any, known: Any) -> None:
    """All heads at a glance, the kept ones in detail and what is about them; keeping one reruns only this part."""
    told = choices.played("heads").get("kept") or {name: choices.kept(name) for name in KEPT}
    raw = answers.ask("attention") if kind != "raw" and found.method != "attention_written" else None
    named = None if found.joined else known
    kept = attention_map(
        found.values, found.tokens, found.askers, key=choices.key("heads"), first=_first(found, known), kept=told,
        causal=found.causal, signed=found.signed, shares=found.shares, joined=found.joined, unit=found.unit,
        sinks=found.sinks, ghost=None if raw is None else raw.values,
        roles=named and named.roles, proofs=named and _notes(named),
        name=f"attention-{kind}", caption=frame.caption(found, says("attention.attention", maps=MAPS[kind][0])),
    )  # fmt: skip
    choices.keep(**{name: value or None for name, value in kept.items()})
    frame.share()
    if found.method == "head_swapped" and kept_head() != (found.options["layer"], found.options["head"]):
        st.rerun()  # the experiment follows the kept head
    if known is not None:
        _averages(known, kept["heads"])
    frame.check(found)
    head = kept_head(_first(found, known))
    product(found, head)
    word_classes(head)


def _first(found: Any, known: Any) -> tuple[int, int]:
    """The head to open with: one with the sharpest role, else the one that looks hardest."""
    if found.method == "head_swapped":
        return found.options["layer"] - 1, found.options["head"]
    if known is not None and not found.joined:
        for role in ROLES:
            for layer, row in enumerate(known.roles):
                if role in row and role not in ("near", "even", "rests"):
                    return layer, row.index(role)
    return found.strongest()[:2] if not found.joined else (found.values.shape[0] - 1, 0)


def _notes(known: Any) -> list[list[str]]:
    """What each head's role means, what it rests on, and where it is seen."""
    return [[_note(known, layer, head) for head in range(len(row))] for layer, row in enumerate(known.roles)]


def _note(known: Any, layer: int, head: int) -> str:
    role, proof = known.roles[layer][head], known.proofs[layer][head][0]
    if role in known.measures:
        at = known.measures.index(role)
        score, even = percent(known.values[layer, head, at]), percent(float(known.chance[at]))
        return says("attention.it-on-average-an-even", roles=ROLES[role], score=score, even=even, proof=proof)
    if role in ROLES:
        return f"It {ROLES[role]}. {proof}"
    scores = known.values[layer, head]
    times = np.where(scores - known.chance > 0.03, scores / np.maximum(known.chance, 0.01), 0)
    at = int(np.argmax(times))
    even = percent(float(known.chance[at]))
    lean = says(
        "attention.most-above-an-even-look",
        measures=known.measures[at],
        scores=percent(float(scores[at])),
        even=even,
    )
    return says("attention.no-role-passes-its-threshold", lean=lean if times[at] else "", proof=proof)


def _averages(known: Any, heads: str) -> None:
    """Means over the bundled texts: how far the kept head looks, how even, and the table of roles."""
    with st.expander(says("attention.averages-over-bundled-texts", texts=known.texts)):
        layer, head = _kept(known, heads)
        nats, even = known.entropy[layer, head], known.even_entropy
        said = says(
            "attention.head-looks-tokens-away",
            layer=layer + 1,
            head=head,
            distance=known.distance[layer, head],
            nats=nats,
            even=even,
        )
        if known.copying is not None:
            said += says("attention.what-it-brings-makes", copying=known.copying[layer, head])
        st.text(said)
        st.plotly_chart(
            offsets(known, layer, head), key=choices.key("offsets"), config=figures.CONFIG, alt=said
        )
        st.plotly_chart(
            figures.draw(known), key=choices.key("roles-table"), config=figures.CONFIG, alt=known.in_words()
        )
        frame.check(known)


def _kept(known: Any, heads: str) -> tuple[int, int]:
    layer, _, head = heads.split(",")[0].partition(".")
    layers, count = known.values.shape[:2]
    if not (layer.isdecimal() and head.isdecimal()):
        return 0, 0
    return min(int(layer), layers) - 1, min(int(head), count - 1)


def importance() -> None:
    """Which heads would be missed: computed when the reader asks."""
    if (shelf.card(choices.model()).heads or 1) == 1:
        return
    frame.section(says("attention.which-heads-would-be-missed"))
    if not choices.switch("worth", says("attention.switch-each-head-off")):
        st.caption(says("attention.each-head-in-turn-finds"))
        return
    found = answers.part("head_importance")
    if found is not None:
        frame.said(found.in_words())
        st.plotly_chart(
            figures.draw(found), key=choices.key("worth-map"), config=figures.CONFIG, alt=found.in_words()
        )
        st.caption(says("attention.bold-more-than-twice"))
        frame.check(found)
