"""How a text is written on: the dials, the seed, and where it goes on from."""

from collections.abc import Sequence

from dashboard.choices.address import now, write
from dashboard.choices.controls import played
from dashboard.choices.subject import continue_with
from interpret.sentences import writable

PLAIN = (1.0, 0, 1.0, 0)  # temperature, top-k (0: all), top-p, seed
LIMITS = ((0.1, 3.0), (0, 10**6), (0.05, 1.0), (0, 999_999))


def dials(name: str) -> tuple[float, int, float, int]:
    """Temperature, top-k, top-p and seed: as turned in the component `name`, else as the address says."""
    told = played(name).get("dials") or now().get("dials", "").split(",")
    try:
        heat, most, mass, seed = (float(one) for one in told)
        found = (heat, int(most), mass, int(seed))
    except (TypeError, ValueError, OverflowError):
        return PLAIN
    fits = all(low <= one <= high for one, (low, high) in zip(found, LIMITS, strict=True))
    return found if fits else PLAIN


def keep_dials(now: tuple[float, int, float, int]) -> None:
    """Write the dials to the address, unless they stand as at first."""
    write(dials=None if now == PLAIN else ",".join(f"{one:g}" for one in now))


def go_on_with(name: str, ways: Sequence[str]) -> None:
    """Put the way that was chosen in the component `name` behind the text. For callbacks."""
    node = played(name).get("go")
    if type(node) is int and 0 <= node < len(ways) and writable(ways[node]):
        continue_with(ways[node])
