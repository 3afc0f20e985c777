"""How much memory a model will take, and how much the machine has left."""

from pathlib import Path

from models.product import LARGEST

TOKENS = 256  # length of the text for which activations are counted
FLOAT = 4  # bytes
SPARE = 1.2  # what the libraries take while they work


def needed(
    *, parameters: int, packed: int, widths: tuple[int, ...], heads: int | None, vocabulary: int
) -> int:
    """Estimated bytes: weights in fp32, their packed copies, and one forward pass of 256 tokens.

    `packed`: how many weights are kept twice more for speed (`models.product`); none in a large model, whose
    weights stand in memory twice while they are put into the network. A layer is counted with 16 vectors of
    its width per token, and each head with three tables of tokens by tokens. On top of all comes a fifth: a
    GPT-2 of 72 million weights was counted as 865 MB and took 1,000.
    """
    copies = parameters + 2 * packed if parameters <= LARGEST else 2 * parameters
    layers = sum(16 * width for width in widths) + 3 * (heads or 0) * (len(widths) - 1) * TOKENS
    return round(SPARE * FLOAT * (copies + TOKENS * (layers + 2 * vocabulary)))


def free() -> int | None:
    """Bytes this process could still take; None where the system does not say (only Linux does)."""
    left = [found for found in (_of_machine(), _of_container()) if found is not None]
    return min(left, default=None)


def _of_machine() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    said = {line.split(":")[0]: line.split()[1] for line in lines if len(line.split()) > 1}
    return int(said["MemAvailable"]) * 1024 if "MemAvailable" in said else None


def _of_container() -> int | None:
    """What a container's limit leaves (control groups, version 2)."""
    folder = Path("/sys/fs/cgroup")
    try:
        limit, used = ((folder / name).read_text().strip() for name in ("memory.max", "memory.current"))
    except OSError:
        return None
    return int(limit) - int(used) if limit.isdecimal() and used.isdecimal() else None


def in_words(size: int) -> str:
    """Bytes as people say them."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB"
