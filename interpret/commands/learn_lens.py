"""`python -m interpret learn-lens`: learn a tuned lens from texts and write it, as the bundled ones were."""

import argparse
import json
from pathlib import Path

import models
from interpret.lens.readers import LENSES, save
from interpret.lens.texts import texts_for
from interpret.lens.training import train


def arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(prog="python -m interpret learn-lens", description=__doc__)
    parser.add_argument("--model", required=True, help=f"{', '.join(models.names())}, or a folder")
    parser.add_argument("--texts", type=Path, help="a text a line; without it what the page learns from")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to learn")
    parser.add_argument("--tokens", type=int, default=30_000, help="how many tokens to look at, at most")
    parser.add_argument("--seed", type=int, default=0, help="of the order of tokens")
    parser.add_argument("--out", type=Path, help="FILE.safetensors; without it the bundled place")
    return parser


def answer(argv: list[str]) -> str:
    """Learn, write, and say how far each layer's answer is from the model's, in nats a token."""
    asked = arguments().parse_args(argv)
    model = models.load(asked.model)
    given = asked.texts and asked.texts.read_text(encoding="utf-8").splitlines()
    texts = given or texts_for(model, seed=asked.seed)
    lens, points = train(model, texts, seconds=asked.seconds, most=asked.tokens, seed=asked.seed)
    save(lens, asked.out or LENSES / f"{model.card.name}.safetensors")
    return json.dumps({**lens.learned, "steps": points[-1].step})
