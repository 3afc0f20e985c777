"""`python -m models list | inspect NAME | verify | convert FILE | train NAME`, from the command line."""

import argparse
import json
import sys
from pathlib import Path

import models
from models import catalog, checkpoints
from models.base import quality
from models.refusals import BadCheckpoint, Refusal


def list_models(_: argparse.Namespace) -> int:
    """One line a model: name, family, size, how good it is."""
    for name in models.names():
        card = models.card(name)
        print(
            f"{name:22} {card.family:12} {card.parameters / 1e6:5.1f} M parameters   "
            f"{quality(card):32} {catalog.entries()[name].TITLE}"
        )
    return 0


def inspect(asked: argparse.Namespace) -> int:
    """The card of a bundled model, or what another holds before it is opened, as JSON; 2 if it cannot be."""
    if asked.model in models.names():
        print(json.dumps(models.card(asked.model).to_dict(), indent=1, ensure_ascii=False))
        return 0
    from models import detect

    if not (asked.hub or asked.models_dir or Path(asked.model).exists()):
        models.folder(asked.model)  # says which names there are
    found = detect.preflight(asked.model, root=asked.models_dir, hub=asked.hub)
    print(json.dumps(found.to_dict(), indent=1, ensure_ascii=False))
    for problem in found.problems:
        print(problem, file=sys.stderr)
    return 0 if found.can_open else 2


def convert(asked: argparse.Namespace) -> int:
    """Write a fastai export's weights and words into a folder, without running what it says."""
    from models.own import fastai_files

    found = fastai_files.convert(asked.export, asked.out)
    print(f"{asked.out}: {found.parameters:,} weights and {found.vocabulary:,} words")
    return 0


def verify(asked: argparse.Namespace) -> int:
    """Compare every bundled file with the digest on its card, and open each model once."""
    broken = 0
    for name in asked.model or models.names():
        try:
            folder = models.folder(name)
            checkpoints.verify(folder, checkpoints.read_card(folder))
            models.load(name)
            print(f"{name}: whole")
        except BadCheckpoint as refusal:
            broken += 1
            print(refusal, file=sys.stderr)
    return 2 if broken else 0


def train(asked: argparse.Namespace) -> int:
    """Run a recipe and bundle what comes out."""
    from models.train import recipes

    return recipes.run(asked)


def arguments() -> argparse.ArgumentParser:
    """The commands and their settings."""
    parser = argparse.ArgumentParser(prog="python -m models", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="list | inspect | verify | convert | train")
    one = commands.add_parser("list", help="the bundled models, a line each")
    one.set_defaults(act=list_models)
    one = commands.add_parser("inspect", help="what a model is and whether it can be opened, as JSON")
    one.add_argument("model", help="a bundled name, a file or folder, or with --hub a name on the hub")
    one.add_argument("--hub", action="store_true", help="ask the Hugging Face hub for what is not here")
    one.add_argument("--models-dir", type=Path, help="look only inside this folder")
    one.set_defaults(act=inspect)
    one = commands.add_parser("verify", help="compare the bundled files with their digests")
    one.add_argument("model", nargs="*", help="names; all of them if none is given")
    one.set_defaults(act=verify)
    one = commands.add_parser("convert", help="a fastai export (learn.export) to safetensors")
    one.add_argument("export", type=Path, help="the file that learn.export wrote")
    one.add_argument("--out", type=Path, required=True, help="the folder to write")
    one.set_defaults(act=convert)
    one = commands.add_parser("train", help="run a model's recipe and bundle what comes out")
    one.add_argument("model", help="a recipe of models/train, such as wiki-lstm")
    one.add_argument("--data", type=Path, help="folder with wikitext-2/ and imdb/; without it the hub")
    one.add_argument(
        "--work", type=Path, default=Path("work"), help="where a run keeps what it needs to resume"
    )
    one.add_argument("--out", type=Path, help="checkpoint folder; assets/models/NAME if none is given")
    one.add_argument("--epochs", type=int, default=5)
    one.add_argument("--minutes", type=float, help="wall-clock budget in place of epochs")
    one.add_argument("--size", default="small", choices=("tiny", "small", "large"))
    one.add_argument("--seed", type=int, default=1)
    one.add_argument("--device", default="cpu")
    one.add_argument("--threads", type=int, default=2)
    one.set_defaults(act=train)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Do what was asked; exit code 2 and one sentence when it cannot be done."""
    asked = arguments().parse_args(argv)
    try:
        return asked.act(asked)
    except (Refusal, FileNotFoundError) as refusal:
        print(refusal, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
