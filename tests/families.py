"""Small random networks of every family that is held, as folders such as people bring along."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import BPE, WordPiece
from tokenizers.trainers import BpeTrainer, WordPieceTrainer

from models import checkpoints, huggingface
from tests import tiny

CONTEXT = 40
SHAPE = {
    "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 40,
    "max_position_embeddings": CONTEXT, "head_dim": 8, "num_key_value_heads": 1,
}  # fmt: skip
ROBERTA = {**SHAPE, "max_position_embeddings": CONTEXT + 2, "pad_token_id": 1, "type_vocab_size": 1}
CLASSES = {0: "bad", 1: "so so", 2: "good"}

# name: the kind of network, the head, settings
FAMILIES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "gpt2": ("gpt2", "CausalLM", {"n_embd": 24, "n_layer": 3, "n_head": 4, "n_positions": CONTEXT}),
    "pythia": ("gpt_neox", "CausalLM", SHAPE),
    "llama": ("llama", "CausalLM", SHAPE),
    "opt": ("opt", "CausalLM", {**SHAPE, "word_embed_proj_dim": 24, "ffn_dim": 40}),
    "opt-350m": ("opt", "CausalLM", {**SHAPE, "word_embed_proj_dim": 16, "ffn_dim": 40}),
    "qwen2": ("qwen2", "CausalLM", SHAPE),
    "qwen3": ("qwen3", "CausalLM", SHAPE),
    "bert": ("bert", "MaskedLM", {**SHAPE, "pad_token_id": 0}),
    "roberta": ("roberta", "MaskedLM", ROBERTA),
    "roberta-prelayernorm": ("roberta-prelayernorm", "MaskedLM", ROBERTA),
    "distilbert": ("distilbert", "MaskedLM", {**SHAPE, "hidden_dim": 40, "pad_token_id": 0}),
    "bert-classifier": ("bert", "SequenceClassification", {**SHAPE, "pad_token_id": 0}),
    "roberta-classifier": ("roberta", "SequenceClassification", ROBERTA),
    "distilbert-classifier": (
        "distilbert", "SequenceClassification", {**SHAPE, "hidden_dim": 40, "pad_token_id": 0},
    ),
    "gpt2-classifier": (
        "gpt2", "SequenceClassification", {"n_embd": 24, "n_layer": 3, "n_head": 4, "n_positions": CONTEXT},
    ),
    "llama-classifier": ("llama", "SequenceClassification", {**SHAPE, "pad_token_id": 0}),
}  # fmt: skip
MARKS = {
    "bert": ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    "roberta": ("<s>", "<pad>", "</s>", "<unk>", "<mask>"),
}


def task(name: str) -> str:
    """causal, masked or classify."""
    return {"CausalLM": "causal", "MaskedLM": "masked", "SequenceClassification": "classify"}[
        FAMILIES[name][1]
    ]


def marked(kind: str) -> str | None:
    """Whose marks a kind of network puts around a text: bert's, roberta's or nobody's."""
    return "roberta" if "roberta" in kind else "bert" if "bert" in kind else None


@cache
def tokenizer(marks: str | None) -> str:
    """`tokenizer.json` as such a model has it, trained on three sentences."""
    if marks is None:
        return tiny.tokenizer()
    names = MARKS[marks]
    if marks == "bert":
        made = Tokenizer(WordPiece(unk_token="[UNK]"))
        made.normalizer = normalizers.BertNormalizer()
        made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = WordPieceTrainer(
            vocab_size=tiny.VOCABULARY, special_tokens=list(names), show_progress=False
        )
    else:
        made = Tokenizer(BPE())
        made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        trainer = BpeTrainer(
            vocab_size=tiny.VOCABULARY, special_tokens=list(names), show_progress=False,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        )  # fmt: skip
    made.train_from_iterator(tiny.SENTENCES, trainer)
    first, last = ("[CLS]", "[SEP]") if marks == "bert" else ("<s>", "</s>")
    before, behind = (first, names.index(first)), (last, names.index(last))
    if marks == "bert":
        made.post_processor = processors.BertProcessing(behind, before)
    else:
        made.post_processor = processors.RobertaProcessing(behind, before, add_prefix_space=False)
    return made.to_str()


def network(name: str) -> Any:
    """A network with random weights, far enough from linear to be worth a test."""
    kind, head, settings = FAMILIES[name]
    library = huggingface.transformers()
    settings = {"bos_token_id": 0, "eos_token_id": None, "pad_token_id": None, **settings}
    if head == "SequenceClassification":
        settings["id2label"] = CLASSES
    config = library.AutoConfig.for_model(kind, vocab_size=tiny.VOCABULARY, **settings)
    torch.manual_seed(3)
    made = getattr(library, f"AutoModelFor{head}").from_config(config, attn_implementation="eager")
    with torch.no_grad():
        for weight_name, weight in made.named_parameters():
            weight.normal_(1.0 if "norm" in weight_name.lower() or "ln_" in weight_name else 0.0, 0.3)
    return made.eval()


def folder(where: Path, name: str) -> Path:
    """The folder that `save_pretrained` writes, with the tokenizer's files beside it."""
    where.mkdir(parents=True, exist_ok=True)
    network(name).save_pretrained(where)
    marks = marked(FAMILIES[name][0])
    (where / checkpoints.TOKENIZER).write_text(tokenizer(marks), encoding="utf-8")
    if marks is not None:
        said = {"mask_token": MARKS[marks][4] if marks == "bert" else {"content": MARKS[marks][4]}}
        (where / "tokenizer_config.json").write_text(json.dumps(said))
    return where


def change(path: Path, **changed: Any) -> None:
    """Other values in a JSON file; None takes a name away."""
    said = {**json.loads(path.read_text()), **changed}
    path.write_text(json.dumps({name: value for name, value in said.items() if value is not None}))
