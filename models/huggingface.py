"""Any transformer from a Hugging Face folder: language models, masked models and classifiers."""

import contextlib
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from models import checkpoints
from models.base import Card, LanguageModel, Pullback, Recording, Task, Tokens
from models.heads import parted, whole
from models.observed import OBSERVED, Observation, attend, changing, observing, transformers
from models.own import weights
from models.product import freeze
from models.pullback_gpt2 import Gpt2Weights, fits, gpt2_pullback
from models.refusals import BadCheckpoint
from models.switches import activation_functions
from models.text import Cutter

__all__ = ["OBSERVED", "HuggingFaceModel", "Observation", "attend", "load", "observing", "transformers"]

ALL = frozenset({"gradients", "attention", "unembed"})
TASKS: dict[str, Task] = {  # by how the name of an architecture ends
    "ForCausalLM": "causal", "LMHeadModel": "causal", "ForMaskedLM": "masked", "BertForPreTraining": "masked",
    "ForSequenceClassification": "classify",
}  # fmt: skip
KINDS = {"causal": "causal transformer", "masked": "masked transformer", "classify": "classifier"}
# Weights that files hold and these networks do not: masks made anew, and heads of other tasks.
LEFT_OVER = (".attn.bias", ".masked_bias", ".position_ids", ".pooler.dense.weight", ".pooler.dense.bias",
             "cls.seq_relationship.weight", "cls.seq_relationship.bias")  # fmt: skip


class HuggingFaceModel(LanguageModel):
    """A `transformers` network behind our contract: frozen, fp32; what can be seen of it is on the card.

    Without the ability "attention" the network runs with its own attention; without "unembed" it is taken
    whole, and its states are its logits.
    """

    def __init__(self, network: Any, card: Card, cutter: Cutter, mask: int | None = None):
        self.card, self._cutter, self.mask = card, cutter, mask
        self.network = network.eval().requires_grad_(False)
        self._embedding = network.get_input_embeddings()  # the module: some scale what they look up
        self._looking = threading.Lock()  # hooks are seen by every caller: one recording at a time
        freeze(self.network)
        self._parts = (parted if "unembed" in card.abilities else whole)(network, card.task)
        self._gpt2 = Gpt2Weights.of(network) if fits(network) and "attention" in card.abilities else None

    def encode(self, text: str) -> Tokens:
        return self._cutter.cut(text)

    def shown(self, token: int) -> str:
        return self._cutter.written(token)

    def embed(self, ids: Tensor) -> Tensor:
        return self._embedding(ids)

    def states(self, vectors: Tensor) -> Tensor:
        return self._parts.body(vectors)[0]

    def unembed(self, hidden: Tensor) -> Tensor:
        return self._parts.last(hidden)

    def pullback(self, vectors: Tensor) -> Pullback:
        if self._gpt2 is None:
            return super().pullback(vectors)
        return gpt2_pullback(self._gpt2, vectors)

    @torch.no_grad()
    def record(self, vectors: Tensor) -> Recording:
        with self._looking, observing() as seen, _neurons(self.network) as neurons:
            states, every = self._parts.body(vectors[None], every=True)
        assert every is not None
        return Recording(
            logits=self.unembed(states)[0],
            hidden=tuple(layer[0] for layer in every),
            attention=self._checked(seen.weights) if "attention" in self.card.abilities else None,
            neurons=tuple(neurons) if len(neurons) == self.card.layers else None,
        )

    @torch.no_grad()
    def record_together(self, texts: Sequence[Tensor]) -> Iterator[Recording]:
        """A recording of each of B texts, (T, D) each, in order, from one pass of a causal model.

        What stands behind a shorter text is not heard by it. Logits are made text by text, as they are many.
        """
        attention: list[Tensor] = []

        def keep(_layer: int, weights: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
            attention.append(weights)
            return weights, values

        padded = pad_sequence(list(texts), batch_first=True)
        with self._looking, changing(keep, self.card.layers), _neurons(self.network) as flat:
            states, every = self._parts.body(padded, every=True)
        assert every is not None
        neurons = [layer.unflatten(0, padded.shape[:2]) for layer in flat]
        for k, size in enumerate(map(len, texts)):
            seen = [weights[k, :, :size, :size] for weights in attention]
            yield Recording(
                logits=self.unembed(states[k, :size]),
                hidden=tuple(layer[k, :size] for layer in every),
                attention=self._checked(seen) if "attention" in self.card.abilities else None,
                neurons=tuple(n[k, :size] for n in neurons) if len(neurons) == self.card.layers else None,
            )

    def _checked(self, weights: list[Tensor]) -> Tensor:
        """Attention of every layer as (L, H, T, T); refused unless each layer was seen and rows sum to 1."""
        if len(weights) != self.card.layers:
            raise BadCheckpoint(f"{self.card.name}: its attention cannot be looked at from here.")
        attention = torch.stack(weights)
        astray = (attention.sum(-1) - 1).abs().max()
        if not bool(astray < 1e-4):
            raise BadCheckpoint(f"{self.card.name}: attention rows do not sum to 1 (off by {astray:.1e}).")
        return attention


@contextlib.contextmanager
def _neurons(network: Any) -> Iterator[list[Tensor]]:
    """Collects what leaves each block's activation function, (T, N) per layer."""
    kept: list[Tensor] = []
    mine = threading.get_ident()

    def keep(_module: Any, _given: Any, out: Tensor) -> None:
        if threading.get_ident() == mine:
            kept.append(out.detach().flatten(0, -2))

    handles = [module.register_forward_hook(keep) for module in activation_functions(network)]
    try:
        yield kept
    finally:
        for handle in handles:
            handle.remove()


_opening = threading.Lock()  # from_pretrained swaps torch's initialisers and defaults while it works


def task_of(settings: dict[str, Any], name: str) -> Task:
    """What the network of a `config.json` is for; one that does not say it is taken for a language model."""
    said = settings.get("architectures") or ["ForCausalLM"]
    for end, task in TASKS.items():
        if str(said[0]).endswith(end):
            return task
    raise BadCheckpoint(
        f"{name}: a {checkpoints.in_short(said[0])} has no output that can be explained here; give a language "
        "model, a masked model or a classifier of texts."
    )


def build(folder: Path, tensors: dict[str, Tensor], task: Task) -> Any:
    """The network that `config.json` describes, filled with exactly the weights of the file."""
    settings = checkpoints.read_json(folder / checkpoints.CONFIG)
    settings = {k: v for k, v in settings.items() if "attn_implementation" not in k and k != "auto_map"}
    library = transformers()
    try:
        config = library.AutoConfig.for_model(**settings)
        kind = {
            "causal": library.MODEL_FOR_CAUSAL_LM_MAPPING,
            "masked": library.MODEL_FOR_MASKED_LM_MAPPING,
            "classify": library.MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING,
        }[task][type(config)]
        layers = getattr(config.get_text_config(), "num_hidden_layers", None)
        with _opening:
            checkpoints.outlined(folder, lambda: kind(config), layers, tensors)
            network, fitted = kind.from_pretrained(
                None, config=config, state_dict=tensors, attn_implementation="eager",
                dtype=torch.float32, output_loading_info=True,
            )  # fmt: skip
    except RuntimeError:
        raise BadCheckpoint(f"{folder.name}: weights and config.json disagree in shape.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = checkpoints.in_short(error)
        raise BadCheckpoint(f"{folder.name}: no {KINDS[task]} that is known here ({why}).") from None
    extra = {str(name) for name in fitted["unexpected_keys"] if not f".{name}".endswith(LEFT_OVER)}
    wrong = sorted({str(name) for name in fitted["missing_keys"] | fitted["mismatched_keys"]} | extra)
    if wrong:
        raise BadCheckpoint(f"{folder.name}: missing or unknown weights: {', '.join(wrong[:5])}.")
    config = network.config
    config.use_cache = False
    if task == "classify" and config.get_text_config().pad_token_id is None:
        config.get_text_config().pad_token_id = -1  # no piece: nothing is ever padded here
    return network


def load(folder: Path, stage: str | None = None) -> HuggingFaceModel:
    """The transformer in `folder`, with its card verified, or a card read off a foreign folder."""
    card = None
    if (folder / checkpoints.CARD).is_file():
        card, tensors = checkpoints.opened(folder, stage)
    else:
        tensors = weights.read(folder)
    task = task_of(checkpoints.read_json(folder / checkpoints.CONFIG), folder.name)
    network = build(folder, tensors, task)
    start, known = network.config.bos_token_id, network.get_input_embeddings().weight.shape[0]
    # A start mark that the model has no vector for is the library's default, not this model's.
    start = start if start in range(known) else None
    cutter = Cutter(
        folder / checkpoints.TOKENIZER,
        start if card is not None or task == "causal" else None,
        framed=card is None and task != "causal",
    )
    if cutter.reach > known:
        raise BadCheckpoint(f"{folder.name}: the tokenizer knows more pieces than the model.")
    mask = mask_piece(folder, cutter) if task == "masked" else None
    if card is not None:
        shape = network.config.get_text_config()
        widths = [shape.hidden_size] * (shape.num_hidden_layers + 1)
        most = getattr(shape, "max_position_embeddings", None)
        checkpoints.described(
            folder, card, tensors, widths, heads=card.heads == shape.num_attention_heads,
            context=most is None or (card.context is not None and card.context <= most),
        )  # fmt: skip
        network.set_attn_implementation(OBSERVED)
        return HuggingFaceModel(network, card, cutter, mask)
    from models.foreign import examined

    return examined(folder, network, task, cutter, mask)


def mask_piece(folder: Path, cutter: Cutter) -> int:
    """The piece behind which a masked model hides others."""
    names = ["[MASK]", "<mask>"]
    for file in ("special_tokens_map.json", "tokenizer_config.json"):
        if (folder / file).is_file():
            said = checkpoints.read_json(folder / file).get("mask_token")
            said = said.get("content") if isinstance(said, dict) else said
            names = [said, *names] if isinstance(said, str) else names
    for name in names:
        number = cutter.number(name)
        if number is not None:
            return number
    raise BadCheckpoint(
        f"{folder.name}: its tokenizer has no mask piece: give the tokenizer it was trained with."
    )
