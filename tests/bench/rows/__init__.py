"""What the bench's table is made of: each file holds ROWS, a name for `--only` and what makes its lines."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Asked:
    """`quick`: tiny networks and short texts, to see that everything runs; its figures say nothing."""

    quick: bool = False
    rounds: int = 3
    tokens: int = 64

    @property
    def size(self) -> str:
        return "tiny" if self.quick else "small"
