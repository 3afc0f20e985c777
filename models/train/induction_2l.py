"""induction-2l: two layers of attention that learn to go on with what was said before, and six stages of it.

It reads made-up syllables without any meaning, a segment of random length over and over: nothing but the
repetition can be learned, and it is learned all at once. Source: Olsson et al. 2022,
https://transformer-circuits.pub/2022/in-context-learning-and-induction-heads/index.html.
"""

import hashlib
from collections.abc import Iterator
from itertools import product
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import WordLevel
from torch import Tensor
from torch.nn import functional

from models.induction import SETTINGS, AttentionOnly
from models.train.learning import TRAINING_SEEDS, History, Settings, endless_batches, fit, learner
from models.train.recipes import HeldOut, Parts
from models.train.stages import Stages, measured

NAME, NEEDS_DATA = "induction-2l", ()
TRAINED_ON = "random syllables, drawn anew all the time: a few phrases in each row, said over and over"
# layers, width, heads, context, rows in a batch, batches in an epoch, rows it is measured on
SIZES = {
    "tiny": (2, 32, 2, 64, 16, 10, 20),
    "small": (2, 128, 4, 128, 16, 100, 200),
    "large": (2, 256, 8, 256, 16, 100, 200),
}
SHARES = (0.0, 0.2, 0.22, 0.23, 0.24, 0.4)  # of the training; close together where it jumps
START, UNKNOWN = "<|start|>", "<unk>"
SYLLABLES = tuple(
    "".join(parts) for parts in product("bdfghjklmnprstvz", "aeou", ("", "f", "l", "m", "n", "r", "s", "t"))
)
LONG = (16, 64)  # syllables in the phrase that a row repeats
KINDS, SHORT = (3, 6), (2, 10)  # phrases in the other rows, and syllables in each
PIECES = (1, len(SYLLABLES) + 2)  # what a row is made of: syllables, and the one for all other words
TEST_PHRASE, TEST_COPIES, TEST_SEED = 25, 4, TRAINING_SEEDS + 3


def tokenizer() -> Tokenizer:
    """One piece per syllable, spaces between them; the start piece is 0, any other word `<unk>`, 1."""
    numbers = {word: number for number, word in enumerate((START, UNKNOWN, *SYLLABLES))}
    cutter = Tokenizer(WordLevel(numbers, unk_token=UNKNOWN))
    cutter.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    cutter.decoder = decoders.Replace(Regex("^(?=[a-z])"), " ")
    cutter.add_special_tokens([START, UNKNOWN])
    return cutter


def tokenizer_json(settings: Settings) -> str:
    """The tokenizer as it stands in a checkpoint; the same for all settings."""
    return tokenizer().to_str(pretty=True)


def vocabulary() -> int:
    """Syllables, the start piece, and the one for all other words (which is drawn like a syllable)."""
    return PIECES[1]


def repeats(count: int, length: int, context: int, made: torch.Generator) -> Tensor:
    """Rows that say one random phrase over and over behind the start piece, (count, 1 + context)."""
    return torch.stack([_said([length], context, made, PIECES) for _ in range(count)])


def rows(count: int, context: int, made: torch.Generator, pieces: tuple[int, int] = PIECES) -> Tensor:
    """Rows as in training, (count, 1 + context), of pieces[0] to below pieces[1] behind piece 0.

    Every other one repeats one long phrase. The others say a few short phrases in random order, so that how
    far back to look is no rule: a network that only saw repetitions of short periods would count instead of
    looking for the same syllable.
    """
    told = []
    for number in range(count):
        kinds, shortest, longest = (1, *LONG) if number % 2 else (_any(made, *KINDS), *SHORT)
        lengths = [_any(made, shortest, longest) for _ in range(kinds)]
        told.append(_said(lengths, context, made, pieces))
    return torch.stack(told)


def _any(made: torch.Generator, fewest: int, most: int) -> int:
    return int(torch.randint(fewest, most + 1, (), generator=made))


def _said(lengths: list[int], context: int, made: torch.Generator, pieces: tuple[int, int]) -> Tensor:
    """Random phrases of these lengths, said in random order until the row is full, (1 + context,)."""
    phrases = torch.randint(*pieces, (sum(lengths),), generator=made).split(lengths)
    order = torch.randint(len(lengths), (context // min(lengths) + 1,), generator=made).tolist()
    return torch.cat([torch.zeros(1, dtype=torch.long), *(phrases[number] for number in order)])[
        : 1 + context
    ]


def batches(seed: int, count: int, context: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Rows and the pieces that follow each of theirs, both (count, context), without end."""
    made = torch.Generator().manual_seed(seed)
    while True:
        told = rows(count, context, made)
        yield told[:, :-1], told[:, 1:]


def made(size: str) -> AttentionOnly:
    """The network with random weights."""
    layers, width, heads, *_ = SIZES[size]
    return AttentionOnly(vocabulary(), width, layers, heads)


def train(settings: Settings) -> tuple[AttentionOnly, History, str]:
    """Train (or go on training); returns the network, its history and the digest of what it was told."""
    from fastai.losses import CrossEntropyLossFlat

    torch.set_num_threads(settings.threads)
    torch.manual_seed(settings.seed)
    *_, context, count, length, tested = SIZES[settings.size]
    folder = settings.work / NAME
    folder.mkdir(parents=True, exist_ok=True)
    model = made(settings.size)
    shares = {f"{round(100 * share)}-percent": share for share in SHARES}
    learn = learner(
        endless_batches(lambda seed: batches(seed, count, context), length, settings.device),
        model, CrossEntropyLossFlat(), folder, clip=1.0, cbs=[Stages(folder, shares)], wd=0.01,
    )  # fmt: skip
    history = fit(
        learn,
        settings,
        folder,
        lambda m: measure(m, tested)["held_out_loss_nats"],
        lr=2e-3,
        every=20.0,
        pct_start=0.1,
    )
    law = f"{SYLLABLES}, one of {LONG} or {KINDS} of {SHORT}"
    return model, history, hashlib.sha256(law.encode()).hexdigest()


@torch.no_grad()
def measure(model: Any, count: int) -> dict[str, float]:
    """How well a network goes on with `count` rows it never saw: nats per piece, and its best head's aim.

    held_out_loss_nats: over rows as in training. second_copy_loss_nats: over the second of four copies of
    a segment. prefix_matching: the best head's score on these rows.
    """
    training = model.training
    model.eval()
    device = next(model.parameters()).device
    made = torch.Generator().manual_seed(TEST_SEED)
    length = TEST_PHRASE * TEST_COPIES
    loss = _nats(model, rows(count, length, made).to(device)).mean()
    copies = repeats(count, TEST_PHRASE, length, made).to(device)
    second = _nats(model, copies)[:, TEST_PHRASE : 2 * TEST_PHRASE].mean()
    seen: list[Tensor] = []
    model.states(model.embedding(copies[:, :-1]), watch=lambda _, weights: seen.append(weights.cpu()))
    model.train(training)
    return {
        "held_out_loss_nats": float(loss),
        "second_copy_loss_nats": float(second),
        "prefix_matching": float(prefix_matching(torch.stack(seen), TEST_PHRASE).max()),
    }


def _nats(model: Any, told: Tensor) -> Tensor:
    """Loss of each next piece of rows (B, 1 + T), (B, T)."""
    logits, wanted = model(told[:, :-1]), told[:, 1:]
    found = functional.cross_entropy(logits.flatten(0, 1), wanted.flatten(), reduction="none")
    return found.view(wanted.shape)


def prefix_matching(attention: Tensor, period: int) -> Tensor:
    """How much of its attention each head pays to what followed a piece's earlier occurrences, (L, H).

    Args:
        attention: (L, B, H, T, T), of rows that repeat a segment behind the start piece.
        period: length of the segment. The mean is over the places of all copies after the first.

    Source: Olsson et al. 2022, appendix, "prefix matching score".
    """
    place = torch.arange(attention.shape[-1])
    back = place[:, None] - place  # asking place minus place looked at
    followed = (back > 0) & ((back + 1) % period == 0) & (place > 1)  # of a piece of the text: 1 or later
    repeated = place > period
    return (attention * followed).sum(-1)[..., repeated].mean((1, -1))


def parts(network: AttentionOnly, settings: Settings) -> Parts:
    """The trained network, its shape, and the stages of its training with what each could do."""
    layers, width, heads, context, *_, tested = SIZES[settings.size]
    shape = dict(zip(SETTINGS, (vocabulary(), width, layers, heads), strict=True))
    tensors = network.state_dict()
    return Parts(
        tensors=tensors,
        config={**shape, "start": 0},
        shape={
            "family": "transformer",
            "abilities": frozenset({"gradients", "attention", "unembed"}),
            "widths": (width,) * (layers + 1),
            "vocabulary": vocabulary(),
            "parameters": sum(t.numel() for t in tensors.values()),
            "context": context,
            "heads": heads,
        },
        stages=measured(
            settings.work / NAME, lambda: made(settings.size), lambda then: measure(then, tested)
        ),
    )


def held_out(network: AttentionOnly, settings: Settings) -> HeldOut:
    """Fresh rows as in training; what it makes of a segment's second copy, and its best head's aim."""
    rows_tested, length = SIZES[settings.size][-1], TEST_PHRASE * TEST_COPIES
    found, count = measure(network, rows_tested), rows_tested * length
    return HeldOut(
        nats=found["held_out_loss_nats"] * count, pieces=count, words=count,
        of=f"{rows_tested} fresh rows of {length} syllables, first copies (where nobody can do better than "
        f"ln {vocabulary() - 1} = 6.24 nats) and later ones; on the second copy of {TEST_PHRASE} syllables "
        f"{found['second_copy_loss_nats']:.3f} nats; prefix matching {found['prefix_matching']:.3f}",
    )  # fmt: skip
