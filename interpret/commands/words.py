"""`python -m interpret words`: a model's own words: neighbours, sums, maps, agreement with people's judgements."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import models
from interpret.space import frequency
from interpret.space.benchmarks import agreement, read_pairs
from interpret.space.maps import HOW, bundle
from interpret.space.vectors import WHICH, space
from interpret.study import study
from models.refusals import Refusal


def arguments() -> argparse.ArgumentParser:
    """What can be asked."""
    parser = argparse.ArgumentParser(prog="python -m interpret words", description=__doc__)
    parser.add_argument("--model", required=True, help=f"{', '.join(models.names())}, or a folder")
    parser.add_argument("--word", help='a word, or a sum such as "his - he + she"')
    parser.add_argument("--count", type=int, default=12, help="how many neighbours")
    parser.add_argument("--pairs", type=Path, help="WordSim-353, SimLex-999: two words and a number a line")
    parser.add_argument("--map", choices=list(HOW), help="places of all words; to --out")
    parser.add_argument(
        "--which", choices=list(WHICH), default="input", help="vectors of the input or output"
    )
    parser.add_argument("--seed", type=int, default=0, help="of UMAP")
    parser.add_argument("--out", type=Path, help="FILE.json or FILE.csv for the map or the neighbours")
    parser.add_argument(
        "--frequencies", type=Path, help="count every piece in this folder's WikiText-2, for the project"
    )
    parser.add_argument("--bundle", action="store_true", help="write the maps that ship with the model")
    return parser


def answer(argv: list[str]) -> str:
    """Neighbours of a word unless something else is asked; JSON in one line."""
    asked = arguments().parse_args(argv)
    if asked.out is not None and asked.out.suffix not in (".json", ".csv"):
        raise Refusal(f"--out {asked.out}: name a file that ends in .json or .csv.")
    model = models.load(asked.model)
    if asked.bundle:
        path = bundle(space(model))
        return json.dumps({"written": path.name, "bytes": path.stat().st_size})
    if asked.frequencies is not None:
        path = frequency.bundle(model, asked.frequencies)
        return json.dumps({"written": path.name, "bytes": path.stat().st_size})
    if asked.pairs is not None:
        found = agreement(model, space(model, asked.which), read_pairs(asked.pairs))
        return json.dumps(
            {"schema": 1, "model": model.card.name, "pairs_file": asked.pairs.name, **asdict(found)}
        )
    if asked.map:
        result = study(model, "word_map", how=asked.map, which=asked.which, seed=asked.seed)
    else:
        how = "umap" if asked.seed else "pca"
        result = study(
            model, "word_neighbours", word=asked.word or "", count=asked.count, which=asked.which,
            how=how, seed=asked.seed,
        )  # fmt: skip
    if asked.out is None:
        return json.dumps(result.to_json(), ensure_ascii=False, allow_nan=False)
    from interpret.__main__ import write

    try:
        write(result, asked.out)
    except OSError as error:
        raise Refusal(f"{asked.out}: {error.strerror or error}: name another file.") from None
    return json.dumps({"written": str(asked.out)})
