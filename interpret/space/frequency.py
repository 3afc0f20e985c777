"""How often each piece of the tokenizer shared by the bundled English models was counted in text.

The table of `wiki-ngram` has no such counts: its single pieces are counted by how many different pieces stood
before them (Kneser-Ney). These are occurrences in the same text, WikiText-2's training part, written the way
people type it. Made again by `python -m interpret words --model wiki-ngram --frequencies DATA`.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from models.base import Card, LanguageModel
from models.refusals import Refusal
from models.text import cutter_of

COUNTED = Path(__file__).parents[2] / "assets" / "studies" / "frequencies.json"
OF = "WikiText-2, training part"


def counted(card: Card, path: Path = COUNTED) -> np.ndarray | None:
    """Occurrences of each piece in WikiText-2, (V,); None where the model cuts text another way."""
    found = _table(path)
    alike = found is not None and found["tokenizer_sha256"] == card.tokenizer_sha256
    return np.array(found["counts"]) if found is not None and alike else None


def bundle(model: LanguageModel, data: Path, path: Path = COUNTED) -> Path:
    """Count the pieces of `data`/wikitext-2/train.txt, as bundled models were trained on them, and write them.

    Raises:
        Refusal: the text is not there, or the model has no subword tokenizer.
    """
    from models.train.text import NoData, wikitext

    cutter = cutter_of(model)
    if cutter is None:
        raise Refusal(f"{model.card.name} has no subword tokenizer: choose wiki-ngram.")
    try:
        texts = wikitext(data, "train")
    except NoData as missing:
        raise Refusal(str(missing)) from None
    counts = count(texts.texts, Tokenizer.from_str(json.dumps(cutter.rules())), cutter.start)
    card = model.card
    written = {
        "schema": 1, "of": OF, "tokenizer_sha256": card.tokenizer_sha256, "data_sha256": texts.digest,
        "command": f"python -m interpret words --model {card.name} --frequencies DATA", "counts": counts.tolist(),
    }  # fmt: skip
    path.write_text(json.dumps(written) + "\n", encoding="utf-8")
    return path


def count(texts: Sequence[str], cutter: Tokenizer, start: int | None) -> np.ndarray:
    """Occurrences of each piece in `texts`, (V,); a text begins with the piece `start` if there is one."""
    ids = np.concatenate([found.ids for found in cutter.encode_batch_fast(list(texts))])
    counts = np.bincount(ids.astype(int), minlength=cutter.get_vocab_size())
    if start is not None:
        counts[start] += len(texts)
    return counts


@cache
def _table(path: Path) -> dict[str, Any] | None:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
