"""Storyland with drills: half the rows of a batch are stories, the others say random words over and over.

Nothing in a drill can be told but by finding the same word before and saying what followed it (induction);
a network that has learned that finds names and things of its stories again too.
Source: Olsson et al. 2022, https://arxiv.org/abs/2209.11895.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from models.train import induction_2l
from models.train.storyland import SPECIAL
from models.train.storyland_lessons import endless, rows, size_of_vocabulary


def batches(seed: int, count: int, length: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Inputs and wanted words, each (count, length), without end: stories first, then as many drills.

    Drills are rows as of induction-2l, in words of Storyland.
    """
    told, made = endless(seed), torch.Generator().manual_seed(seed)
    words = (len(SPECIAL), size_of_vocabulary())
    while True:
        stories = torch.as_tensor(rows(told, count - count // 2, length + 1))
        drills = induction_2l.rows(count // 2, length, made, words)
        some = torch.cat([stories, drills])
        yield some[:, :-1].contiguous(), some[:, 1:].contiguous()
