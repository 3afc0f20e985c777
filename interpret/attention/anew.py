"""The experiments of *Attention is not not Explanation*: models trained anew, and what they tell.

Even weights: is attention needed at all here? Seeds: how far apart do maps lie that nobody made different? A
guided model without context: do the weights carry over to a model that cannot look around? An adversary that
was trained: can a whole model look elsewhere and answer alike? And the experiments of *Attention is not
Explanation* on each seed's model.

Source: Wiegreffe, Pinter 2019, https://arxiv.org/abs/1908.04626, sections 3 and 4.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

import models
from interpret import progress
from interpret.attention.subject import jsd, tvd
from interpret.attention.table import summary
from interpret.results.explaining import BINS
from interpret.studies.attention_as_explanation import Options, compute
from models import checkpoints
from models.classifier import AttentiveClassifier
from models.refusals import Refusal
from models.text import Cutter
from models.train import sst
from models.train.learning import Settings
from models.train.sst_anew import Guide, Part, Seen, against, even, fresh, part, seen, trained

ENCODERS = {"lstm": "sst-attention", "projection": "sst-average"}
KEPT = ("texts", "tau", "shuffled", "adversary", "erasure", "single")  # of the study's table
GUIDES = ("even", "its own", "LSTM", "adversary")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is trained: `seeds` of each kind for `epochs`, an adversary of each of `strengths` (lambda)."""

    data: Path
    seeds: tuple[int, ...] = (1, 2, 3)
    epochs: int = 2
    strengths: tuple[float, ...] = (5.25e-4, 1e-3)
    texts: int = 150  # of the test part, for the experiments on each seed's model
    work: Path | None = None  # keeps what is trained, so that a stopped run goes on

    def __post_init__(self) -> None:
        if len(set(self.seeds)) < 2 or self.epochs < 1 or not self.strengths:
            raise Refusal(
                "Seeds differ from model to model: name two different ones or more, and one epoch or more."
            )
        for file in ("train", "dev", "test"):
            path = self.data / "sst2" / "sentences" / f"{file}.tsv"
            if not path.is_file():
                raise Refusal(f"No {path}: give --data a folder that holds sst2/sentences.")


def experiments(plan: Plan, said: Callable[[str], Any] = lambda line: None) -> dict[str, Any]:
    """Everything of `plan`, as a table; `said` is told of each model as it is done."""
    parts = {name: part(plan.data, name) for name in ("train", "dev", "test")}
    steps = len(plan.seeds) * (2 + len(GUIDES)) + len(plan.strengths)
    done = 0

    def learned(
        encoder: str, seed: int, label: str, guides: Mapping[str, Guide] | None = None, loss: Any = None
    ) -> tuple[sst.Classifier, dict[str, Seen]]:
        nonlocal done
        network, file = fresh(encoder, seed, parts["train"].pad), _file(plan, label, seed)
        if file is not None and file.is_file():
            network.load_state_dict(checkpoints.read_tensors(file))
        else:
            with progress.part(done / steps, 1 / steps):
                trained(
                    network, parts["train"], parts["dev"], epochs=plan.epochs, seed=seed, loss=loss,
                    guides=None if guides is None else (guides["train"], guides["dev"]), heard=progress.tell,
                )  # fmt: skip
            if file is not None:
                save_file({name: weight.contiguous() for name, weight in network.state_dict().items()}, file)
        done += 1
        asked = parts if guides is None and encoder == "lstm" else {"test": parts["test"]}
        found = {
            name: seen(network, one, None if guides is None else guides[name]) for name, one in asked.items()
        }
        said(f"{label}, seed {seed}: {found['test'].right(parts['test']):.4f} of the test sentences right")
        return network, found

    evenly = {name: even(one) for name, one in parts.items()}
    own = [learned("lstm", seed, "LSTM, its own weights") for seed in plan.seeds]
    uniform = [learned("lstm", seed, "LSTM, even weights", evenly)[1] for seed in plan.seeds]
    first = own[0][1]
    bent = [
        learned(
            "lstm", plan.seeds[0], f"adversary, lambda {strength:g}", loss=against(first["train"], strength)
        )[1]
        for strength in plan.strengths
    ]
    middle = len(bent) // 2
    guiding = {"even": evenly, "LSTM": _weights(first), "adversary": _weights(bent[middle])}
    named = {**dict.fromkeys(GUIDES, ""), "adversary": f", lambda {plan.strengths[middle]:g}"}
    guided, averages = {}, []
    for name in GUIDES:
        rows = [
            learned("projection", seed, f"no context, guided by {name}{named[name]}", guiding.get(name))
            for seed in plan.seeds
        ]
        guided[name] = [found for _, found in rows]
        averages = [network for network, _ in rows] if name == "its own" else averages
    test = parts["test"]
    base = first["test"]
    return {
        "train": len(parts["train"].examples), "dev": len(parts["dev"].examples), "test": len(test.examples),
        "seeds": list(plan.seeds), "epochs": plan.epochs,
        "command": "python -m interpret study attention --model sst-attention --data DIR --keep --seeds "
        f"{','.join(map(str, plan.seeds))} --epochs {plan.epochs}",
        "own": _quality([found["test"] for _, found in own], test),
        "even": _quality([found["test"] for found in uniform], test),
        "guide": plan.strengths[middle], "seeds_apart": apart(base, [found["test"] for _, found in own[1:]]),
        "guided": {name: _quality([found["test"] for found in rows], test) for name, rows in guided.items()},
        "adversaries": [
            {"lambda": strength, **_quality([found["test"]], test), **apart(base, [found["test"]])}
            for strength, found in zip(plan.strengths, bent, strict=True)
        ],
        "models": {
            "sst-attention": _explained([network for network, _ in own], "lstm", plan, said),
            "sst-average": _explained(averages, "projection", plan, said),
        },
    }  # fmt: skip


def apart(base: Seen, others: Sequence[Seen]) -> dict[str, Any]:
    """How far others' weights and answers lie from the base's, per sentence the median over `others`.

    Divergences in nats: mean, median, and the median by the base's largest weight; `moved`: the mean total
    variation of the answers.
    """
    far = np.array(
        [[float(jsd(a, b)) for a, b in zip(base.weights, other.weights, strict=True)] for other in others]
    )
    moved = torch.stack([tvd(base.answers, other.answers) for other in others]).mean(0)
    each = np.median(far, axis=0)
    largest = np.array([float(row.max()) for row in base.weights])
    bins = [(low, each[(largest >= low) & (largest < high)]) for low, high in BINS]
    return {
        "jsd_mean": _round(each.mean()), "jsd_median": _round(np.median(each)), "moved": _round(moved.mean()),
        "by_largest": [
            {"largest_from": low, "texts": len(mine), "jsd_median": _round(np.median(mine))}
            for low, mine in bins if len(mine)
        ],
    }  # fmt: skip


def _file(plan: Plan, label: str, seed: int) -> Path | None:
    """Where a network is kept."""
    if plan.work is None:
        return None
    plan.work.mkdir(parents=True, exist_ok=True)
    name = "".join(c if c.isalnum() else "-" for c in f"{label} {seed} {plan.epochs} epochs")
    return plan.work / f"{name}.safetensors"


def _weights(found: dict[str, Seen]) -> dict[str, Guide]:
    return {name: one.weights for name, one in found.items()}


def _quality(found: Sequence[Seen], test: Part) -> dict[str, list[float]]:
    return {
        "accuracy": [_round(one.right(test)) for one in found], "f1": [_round(one.f1(test)) for one in found]
    }  # fmt: skip


def _explained(
    networks: Sequence[sst.Classifier], encoder: str, plan: Plan, said: Callable[[str], Any]
) -> list[dict[str, Any]]:
    """The study's table of each network."""
    rows = []
    file = str(plan.data / "sst2" / "sentences" / "test.tsv")
    for seed, network in zip(plan.seeds, networks, strict=True):
        model = as_model(network, encoder, plan)
        found = compute(model, Options(file=file, texts=plan.texts, seed=seed))
        known = summary(found)
        said(found.in_words())
        rows.append(
            {
                "seed": seed,
                **{k: known[k] for k in ("texts", "tau", "shuffled", "adversary", "erasure", "single")},
            }
        )
    return rows


def as_model(network: sst.Classifier, encoder: str, plan: Plan) -> AttentiveClassifier:
    """A network as the model that the study asks; its card is that of the bundled one of its kind."""
    name = ENCODERS[encoder]
    known = sst.parts(network.eval(), Settings(data=plan.data, work=plan.data))
    card = replace(models.load(name).card, sha256="", recipe="trained anew", name=f"{name} (trained anew)")
    return AttentiveClassifier(known.tensors, card, Cutter(models.folder(name) / checkpoints.TOKENIZER, None))


def _round(number: Any) -> float:
    return round(float(number), 4)
