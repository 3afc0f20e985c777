"""Saliency of every generated token and integrated gradients of two: ours, captum, inseq, LIT, Ecco, the bound."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from interpret.sensitivity import input_gradients
from interpret.target import Target
from models.base import LanguageModel
from tests.bench import peers
from tests.bench.rows import Asked
from tests.bench.saliency import SIZES, Explain, captum_loop, gpt2, lstm, our_way
from tests.bench.table import BOUND, Absent, Row, Way, race

STEPS = 10  # of integrated gradients, for all


def way(name: str, explain: Explain, places: range, alike: float | None = 1e-4, note: str = "") -> Way:
    """An explanation of places; a single one warms up."""
    return Way(
        name=name,
        work=lambda: explain(places).numpy(),
        warm=lambda: explain(places[-1:]),
        alike=alike,
        note=note,
    )


def of_peer(module: Any, name: str, made: Callable[[Any], Explain], places: range) -> Way | Absent:
    """A peer's way, or that it is missing or refuses these versions."""
    if isinstance(module, Absent):
        return module
    try:
        explain = made(module)
        explain(places[-1:])
    except Exception as fault:  # noqa: BLE001  whatever a peer raises becomes its row
        return Absent(
            name, f"fails with these versions: {type(fault).__name__}: {' '.join(str(fault).split())[:120]}"
        )
    return way(name, explain, places)


def bound(network: Any, table: Any, ids: Tensor) -> Way:
    """One forward and one backward to the inputs over the whole text, one row of logits, weights frozen."""
    body = getattr(network, "transformer", None)

    def work() -> None:
        vectors = table(ids[None, :-1]).detach().requires_grad_()
        if body is None:
            logits = network(vectors)[0]
        else:
            logits = body(inputs_embeds=vectors).last_hidden_state[0, -1] @ table.weight.T
        torch.autograd.grad(logits[int(ids[-1])], vectors)

    return Way(name=f"{BOUND}: one forward, one backward", work=work, alike=None)


def about_loss(model: LanguageModel, ids: Tensor) -> Explain:
    """Ours for log-probabilities, which is what LIT explains."""
    vectors = model.embed(ids[:-1])

    def explain(places: range) -> Tensor:
        tokens = tuple(ids[list(places)].tolist())
        target = Target(measure="log-prob", places=tuple(places), tokens=tokens)
        scores = torch.zeros(len(places), len(vectors))
        for rows, _, found in input_gradients(model, vectors[None], target):
            reach = found.shape[2]
            scores[rows, :reach] = torch.einsum("bcsd,sd->cs", found, vectors[:reach])
        return scores

    return explain


class Nets:
    """Both networks as their users have them, ours on the same weights, and a text of numbers.

    Piece 0 stands for nothing: its vector is zero, which is where inseq begins its paths.
    """

    def __init__(self, asked: Asked) -> None:
        torch.manual_seed(0)
        self.network, self.models = gpt2(asked.size, asked.tokens)
        self.recurrent, self.lstm = lstm(asked.size)
        self.ids = torch.randint(1, SIZES[asked.size][0][3], (asked.tokens,))
        self.words = 1 + self.ids % (SIZES[asked.size][1][1] - 1)
        with torch.no_grad():
            self.network.transformer.wte.weight[0] = 0.0
        self.table = self.network.transformer.wte

    def last(self, vectors: Tensor) -> Tensor:
        return self.network(inputs_embeds=vectors).logits[:, -1]


def unfrozen(network: Any) -> None:
    """As a peer's users have it: weights that ask for gradients. Ours stay frozen: only the numbers are shared."""
    for module in network.modules():
        for name, weight in list(module.named_parameters(recurse=False)):
            setattr(module, name, torch.nn.Parameter(weight.detach()))
    network.tie_weights()


def saliency(asked: Asked) -> Iterator[Row]:
    """Gradient x input of the second half of a text, token by token."""
    from captum.attr import InputXGradient

    nets, half = Nets(asked), range(asked.tokens // 2, asked.tokens)
    unfrozen(nets.network)
    what = f"saliency, {len(half)} tokens, transformer"
    others = [
        way(f"{peers.version('captum')}, a call a token",
            captum_loop(InputXGradient(nets.last), nets.table, nets.ids), half),
        of_peer(peers.found("inseq"), "inseq",
                lambda m: peers.inseq_way(m, nets.network, nets.ids, "input_x_gradient"), half),
        way(peers.WRITTEN_ANEW, peers.ecco_way(nets.last, nets.table, nets.ids), half),
        bound(nets.network, nets.table, nets.ids),
    ]  # fmt: skip
    yield from race(what, way("ours", our_way(nets.models[0], nets.ids), half), named(others), asked.rounds)
    lms = peers.found("lit_nlp", "examples.prompt_debugging.transformers_lms")
    lit = of_peer(lms, "lit-nlp", lambda m: peers.lit_way(m, nets.network, nets.ids), half)
    yield from race(
        f"{what}, of log-probabilities",
        way("ours", about_loss(nets.models[0], nets.ids), half),
        named([lit]),
        asked.rounds,
    )
    yield from race(
        f"saliency, {len(half)} tokens, LSTM", way("ours", our_way(nets.lstm, nets.words), half),
        [
            way(f"{peers.version('captum')}, a call a token",
                captum_loop(InputXGradient(nets.recurrent), nets.recurrent.embedding, nets.words), half),
            way(peers.WRITTEN_ANEW, peers.ecco_way(nets.recurrent, nets.recurrent.embedding, nets.words), half),
            Absent("inseq, LIT", "take transformers only"),
            bound(nets.recurrent, nets.recurrent.embedding, nets.words),
        ],
        asked.rounds,
    )  # fmt: skip


def named(others: list[Way | Absent]) -> list[Way | Absent]:
    """Peers with their versions."""
    known = {"inseq": "inseq", "lit-nlp": "lit_nlp"}
    return [
        Way(name=peers.version(known[o.name]), work=o.work, warm=o.warm, alike=o.alike, note=o.note)
        if isinstance(o, Way) and o.name in known
        else o
        for o in others
    ]


def integrated_gradients(asked: Asked) -> Iterator[Row]:
    """Two tokens, the same ten nodes for all."""
    from captum.attr import IntegratedGradients

    nets, few = Nets(asked), range(asked.tokens - 2, asked.tokens)
    unfrozen(nets.network)
    steps = {"n_steps": STEPS}

    def ecco(explainer: Any, table: Any, ids: Tensor) -> Explain:
        """captum on one-hot rows times the embedding, as Ecco does."""

        def explain(places: range) -> Tensor:
            scores = torch.zeros(len(places), len(ids) - 1)
            for line, place in enumerate(places):
                rows = torch.nn.functional.one_hot(ids[:place], len(table.weight)).float()
                vectors = (rows @ table.weight).detach()[None]
                found = explainer.attribute(vectors, target=int(ids[place]), **steps)
                scores[line, :place] = found.detach()[0].sum(-1)
            return scores

        return explain

    by_steps = IntegratedGradients(nets.last)
    others = [
        way(peers.version("captum"), captum_loop(by_steps, nets.table, nets.ids, **steps), few),
        of_peer(peers.found("inseq"), "inseq",
            lambda m: peers.inseq_way(m, nets.network, nets.ids, "integrated_gradients", n_steps=STEPS), few),
        way(f"{peers.WRITTEN_ANEW}, {STEPS} of its 50 steps", ecco(by_steps, nets.table, nets.ids), few),
        bound(nets.network, nets.table, nets.ids),
    ]  # fmt: skip
    what = f"integrated gradients, 2 tokens, {STEPS} nodes"
    ours = way("ours", our_way(nets.models[0], nets.ids, STEPS), few)
    yield from race(f"{what}, transformer", ours, named(others), asked.rounds)
    recurrent = captum_loop(
        IntegratedGradients(nets.recurrent), nets.recurrent.embedding, nets.words, **steps
    )
    yield from race(
        f"{what}, LSTM", way("ours", our_way(nets.lstm, nets.words, STEPS), few),
        [way(peers.version("captum"), recurrent, few), bound(nets.recurrent, nets.recurrent.embedding, nets.words)],
        asked.rounds,
    )  # fmt: skip


ROWS = {"saliency": saliency, "integrated_gradients": integrated_gradients}
