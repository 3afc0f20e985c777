"""Leave-one-out of one token: ours, captum's FeatureAblation of a mask, a plain loop over the network."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from interpret.methods.leave_one_out import without
from interpret.target import Target
from tests.bench import peers
from tests.bench.rows import Asked
from tests.bench.rows.gradients import Nets
from tests.bench.table import BOUND, Absent, Row, Way, race


def leave_one_out(asked: Asked) -> Iterator[Row]:
    """What the last token's logit loses without each of the tokens before it."""
    from captum.attr import FeatureAblation

    nets = Nets(asked)
    ids, token, model = nets.ids[:-1], int(nets.ids[-1]), nets.models[0]
    target = Target(measure="logit", places=(len(ids),), tokens=(token,))
    groups = [np.array([place]) for place in range(len(ids))]
    vectors = model.embed(ids)

    def ours() -> np.ndarray:
        with torch.no_grad():
            whole = target.scores(model.unembed(model.states(vectors[None])[:, target.positions]))[0]
        return (whole.numpy() - without(model, vectors, groups, target))[:, 0]

    @torch.no_grad()
    def logit(left: Tensor) -> float:
        return float(nets.network(input_ids=left[None]).logits[0, -1, token])

    def loop() -> np.ndarray:
        whole = logit(ids)
        return np.array([whole - logit(torch.cat([ids[:at], ids[at + 1 :]])) for at in range(len(ids))])

    def of_mask(mask: Tensor) -> Tensor:
        return torch.tensor([logit(ids[mask[0].bool()])])

    def captum() -> np.ndarray:
        return FeatureAblation(of_mask).attribute(torch.ones(1, len(ids)))[0].numpy()

    def short() -> float:
        return logit(ids)

    forwards = Way(
        name=f"{BOUND}: one forward for each token, all together",
        work=lambda: _together(model, vectors, len(groups)), alike=None,
    )  # fmt: skip
    yield from race(
        f"leave one out, 1 token, {len(ids)} before it, transformer", Way(name="ours", work=ours),
        [
            Way(name=f"{peers.version('captum')}, FeatureAblation of a mask", work=captum, warm=short),
            Way(name="a loop, one forward for each token", work=loop, warm=short),
            Absent("inseq", "blanks a word where leave-one-out removes it: another number"),
            forwards,
        ],
        asked.rounds,
    )  # fmt: skip


@torch.no_grad()
def _together(model, vectors: Tensor, count: int) -> None:
    model.states(vectors[:-1].expand(count, -1, -1).contiguous())


ROWS = {"leave_one_out": leave_one_out}
