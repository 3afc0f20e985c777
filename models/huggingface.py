"""Any causal transformer from a Hugging Face folder, seen through one observing attention function."""

import contextlib
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from models import checkpoints
from models.base import BadCheckpoint, Card, LanguageModel, Pullback, Recording, Tokens
from models.product import freeze
from models.pullback_gpt2 import Gpt2Weights, fits, gpt2_pullback
from models.text import Cutter

OBSERVED = "underhood"  # the attention function's name in transformers' registry


@dataclass(eq=False)
class Observation:
    """What the attention function saw in one forward pass, one entry per layer, each (H, T, T)."""

    weights: list[Tensor] = field(default_factory=list)


_observation: ContextVar[Observation | None] = ContextVar("observation", default=None)


def attend(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    **_: Any,
) -> tuple[Tensor, Tensor]:
    """Attention in three lines, (B, H, T, D) each; its weights (B, H, T, T) are kept when someone looks.

    Queries may come in more heads than keys (grouped queries). The causal mask is made here when
    transformers leaves it out, as it does for kernels that know it by themselves.
    """
    groups = query.shape[1] // key.shape[1]
    key, value = (part.repeat_interleave(groups, dim=1) for part in (key, value))
    scores = query @ key.mT * (scaling if scaling is not None else query.shape[-1] ** -0.5)
    if attention_mask is not None:
        scores = scores + attention_mask[..., : key.shape[-2]]
    elif getattr(module, "is_causal", True):
        future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
        scores = scores.masked_fill(future, float("-inf"))
    weights = scores.softmax(-1)
    seen = _observation.get()
    if seen is not None:
        seen.weights.append(weights[0].detach())
    return (weights @ value).transpose(1, 2).contiguous(), weights


_importing = threading.Lock()  # the library fills itself lazily: two threads at once find it half empty


def transformers() -> ModuleType:
    """The transformers library, importable whatever torchvision the reader has.

    fastai brings torchvision along; where its compiled operators do not fit the installed torch
    (torch's CPU build beside the package index's torchvision), importing any model fails with
    "operator torchvision::nms does not exist". Such a torchvision is treated as absent.
    """
    with _importing:
        return _prepared()


@cache
def _prepared() -> ModuleType:
    import transformers as library
    from transformers.utils import import_utils

    try:
        import torchvision.ops  # noqa: F401
    except (ImportError, RuntimeError, OSError, AttributeError):
        for place in (import_utils, library.utils):
            place.is_torchvision_available = lambda: False  # type: ignore[attr-defined]
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS

    library.utils.logging.set_verbosity_error()  # what is wrong with a checkpoint, we say ourselves
    library.utils.logging.disable_progress_bar()
    library.AttentionInterface.register(OBSERVED, attend)
    ALL_MASK_ATTENTION_FUNCTIONS.register(OBSERVED, ALL_MASK_ATTENTION_FUNCTIONS["eager"])
    return library


class HuggingFaceModel(LanguageModel):
    """A causal `transformers` network behind our contract: frozen, fp32, observed attention."""

    def __init__(self, network: Any, card: Card, cutter: Cutter):
        self.card, self._cutter = card, cutter
        self.network = network.eval().requires_grad_(False)
        self._embedding = network.get_input_embeddings()  # the module: some scale what they look up
        self._decoder = network.get_output_embeddings()
        self._looking = threading.Lock()  # hooks are seen by every caller: one recording at a time
        freeze(self.network)
        self._gpt2 = Gpt2Weights.of(network) if fits(network) else None

    def encode(self, text: str) -> Tokens:
        return self._cutter.cut(text)

    def shown(self, token: int) -> str:
        return self._cutter.written(token)

    def embed(self, ids: Tensor) -> Tensor:
        return self._embedding(ids)

    def states(self, vectors: Tensor) -> Tensor:
        return self.network.base_model(inputs_embeds=vectors, use_cache=False).last_hidden_state

    def unembed(self, hidden: Tensor) -> Tensor:
        return self._decoder(hidden)

    def pullback(self, vectors: Tensor) -> Pullback:
        if self._gpt2 is None:
            return super().pullback(vectors)
        return gpt2_pullback(self._gpt2, vectors)

    @torch.no_grad()
    def record(self, vectors: Tensor) -> Recording:
        with self._looking, _observing() as seen, _neurons(self.network) as neurons:
            out = self.network.base_model(
                inputs_embeds=vectors[None], use_cache=False, output_hidden_states=True
            )
        if len(seen.weights) != self.card.layers:
            raise BadCheckpoint(f"{self.card.name}: its attention cannot be looked at from here.")
        attention = torch.stack(seen.weights)
        astray = (attention.sum(-1) - 1).abs().max()
        if not bool(astray < 1e-4):
            raise BadCheckpoint(f"{self.card.name}: attention rows do not sum to 1 (off by {astray:.1e}).")
        return Recording(
            logits=self.unembed(out.last_hidden_state)[0],
            hidden=tuple(layer[0] for layer in out.hidden_states),
            attention=attention,
            neurons=tuple(neurons) if len(neurons) == self.card.layers else None,
        )


@contextlib.contextmanager
def _observing() -> Iterator[Observation]:
    seen = Observation()
    token = _observation.set(seen)
    try:
        yield seen
    finally:
        _observation.reset(token)


@contextlib.contextmanager
def _neurons(network: Any) -> Iterator[list[Tensor]]:
    """Collects what leaves each block's activation function, (T, N) per layer."""
    kept: list[Tensor] = []
    names = ("act", "act_fn", "activation_fn", "intermediate_act_fn", "activation")
    handles = [
        module.register_forward_hook(lambda _m, _i, out: kept.append(out.detach().flatten(0, -2)))
        for name, module in network.named_modules()
        if name.rsplit(".", 1)[-1] in names
    ]
    try:
        yield kept
    finally:
        for handle in handles:
            handle.remove()


_opening = threading.Lock()  # from_pretrained swaps torch's initialisers and defaults while it works


def build(folder: Path, tensors: dict[str, Tensor]) -> Any:
    """The network that `config.json` describes, filled with exactly the weights of the file."""
    settings = checkpoints.read_json(folder / checkpoints.CONFIG)
    settings = {k: v for k, v in settings.items() if "attn_implementation" not in k and k != "auto_map"}
    library = transformers()
    try:
        config = library.AutoConfig.for_model(**settings)
        kind = library.MODEL_FOR_CAUSAL_LM_MAPPING[type(config)]
        with _opening:
            network, fitted = kind.from_pretrained(
                None, config=config, state_dict=tensors, attn_implementation=OBSERVED,
                dtype=torch.float32, output_loading_info=True,
            )  # fmt: skip
    except RuntimeError:
        raise BadCheckpoint(f"{folder.name}: weights and config.json disagree in shape.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadCheckpoint(f"{folder.name}: no causal transformer that is known here ({error}).") from None
    wrong = fitted["missing_keys"] | fitted["unexpected_keys"] | fitted["mismatched_keys"]
    wrong = [str(n) for n in wrong if not str(n).endswith((".attn.bias", ".masked_bias"))]
    if wrong:
        raise BadCheckpoint(f"{folder.name}: missing or unknown weights: {', '.join(sorted(wrong)[:5])}.")
    return network


def load(folder: Path) -> HuggingFaceModel:
    """The causal transformer in `folder`, with its card verified, or a card read off a foreign folder."""
    own = (folder / checkpoints.CARD).is_file()
    card = checkpoints.read_card(folder) if own else None
    if card is not None:
        checkpoints.verify(folder, card)
    weights = folder / (checkpoints.WEIGHTS if own else "model.safetensors")
    network = build(folder, checkpoints.read_tensors(weights))
    start, known = network.config.bos_token_id, network.get_input_embeddings().weight.shape[0]
    # A start mark that the model has no vector for is the library's default, not this model's.
    cutter = Cutter(folder / checkpoints.TOKENIZER, start if start in range(known) else None)
    if cutter.size > known:
        raise BadCheckpoint(f"{folder.name}: the tokenizer knows more pieces than the model.")
    if card is not None:
        return HuggingFaceModel(network, card, cutter)
    model = HuggingFaceModel(network, foreign_card(folder, network, weights), cutter)
    _refuse_if_unlike_itself(model)
    return model


@torch.no_grad()
def _refuse_if_unlike_itself(model: HuggingFaceModel) -> None:
    """A foreign network must give the logits that the library gives with its own attention.

    It would not if it caps its scores, adds sinks to its attention or scales its logits.
    """
    network, card = model.network, model.card
    ids = torch.arange(min(8, card.vocabulary, card.context or 8))
    network.set_attn_implementation("eager")
    expected = network(input_ids=ids[None], use_cache=False).logits[0]
    network.set_attn_implementation(OBSERVED)
    astray = (model.record(model.embed(ids)).logits - expected).abs().max()
    if not bool(astray <= 1e-3 * expected.abs().max().clamp(min=1.0)):
        raise BadCheckpoint(
            f"{card.name}: this kind of network ({network.config.model_type}) computes its words in a "
            "way that is not looked into here yet, so its pictures would be wrong."
        )


def foreign_card(folder: Path, network: Any, weights: Path) -> Card:
    """What can be said of a folder that has no card: shapes and digests, nothing about quality."""
    config = network.config
    return Card(
        name=folder.name,
        family="transformer",
        task="causal",
        abilities=frozenset({"gradients", "attention", "unembed"}),
        widths=(config.hidden_size,) * (config.num_hidden_layers + 1),
        vocabulary=config.vocab_size,
        parameters=sum(p.numel() for p in network.parameters()),
        context=getattr(config, "max_position_embeddings", None),
        heads=config.num_attention_heads,
        sha256=checkpoints.sha256(weights),
        tokenizer_sha256=checkpoints.sha256(folder / checkpoints.TOKENIZER),
    )
