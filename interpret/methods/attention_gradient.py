"""Attention that speaks for one answer: weights times their gradients, followed through the layers.

For one explained number y the weights of each layer are multiplied with dy/dA; what is positive is averaged
over heads and gathered: R <- R + E_h[(A dy/dA)+] R, from R = I. The row of the token that answers says which
input tokens spoke for it. Unlike rollout it depends on the answer. In a masked model the token asked about is
hidden.

Source: Chefer, Gur, Wolf 2021, https://arxiv.org/abs/2103.15679, equations 5 and 6.
"""

from typing import Any

import torch

from interpret.attention.maps import head_maps, layers, square
from interpret.attention.probing import relevance, weighted_gradients
from interpret.method import Method, NoOptions
from interpret.results.attention import HeadMaps
from interpret.results.base import Check
from interpret.run import Run, hide
from interpret.target import Target


def compute(run: Run, target: Target, options: NoOptions) -> HeadMaps:
    """Maps (L, 1, T, T): relevance after each layer, R - I. Of several rows of `target` the last is explained."""
    one = target.rows([len(target.places) - 1])
    if run.model.card.task == "classify" and len(target.places) > 1:
        one = target.rows([int(run.logits[-1].argmax())])
    asked = hide(run, one.places[0]) if run.model.card.task == "masked" else run
    square(asked)
    layers(asked)
    model = run.model

    def number(states: torch.Tensor) -> Any:
        return one.scores(model.unembed(states[:, one.positions])).sum()

    gradients = weighted_gradients(model, asked.vectors, number)
    with torch.no_grad():
        again = float(number(model.states(asked.vectors[None])))
        expected = float(one.scores(asked.logits[one.positions][None]).sum())
    return head_maps(
        asked, "attention_gradient", relevance(gradients)[:, None], unit=f"relevance, {target.unit}",
        options=options, shares=False, joined=True, asked=one.asked(model), check=Check(
            name="difference from the recording", value=abs(again - expected), limit=1e-3,
            says="Run with its weights in reach, the model's answer differs by {}.",
        ),
    )  # fmt: skip


METHOD = Method(
    name="attention_gradient",
    title="Attention × gradient",
    question="Which attention speaks for the answer?",
    gives="head-maps",
    needs=frozenset({"attention", "gradients"}),
    options=NoOptions,
    source="Chefer et al. 2021",
    signed=False,
    compute=compute,
    place=57,
)
