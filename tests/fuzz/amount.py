"""How many cases are tried: about 2,000 in `make test`, always the same ones; 50,000 others in `make fuzz`.

`UNDERHOOD_FUZZ` is the number of all cases together, `UNDERHOOD_FUZZ_SEED` the number that draws them.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings

USUAL = 2_000
CASES = int(os.environ.get("UNDERHOOD_FUZZ", USUAL))
SEED = os.environ.get("UNDERHOOD_FUZZ_SEED")
SLOWER = 4.0  # how much slower than reckoned a busy machine may be


def cases(of_usual: int, seconds: float) -> Callable[[Any], Any]:
    """Try this many of the usual cases (more in `make fuzz`), none of them longer than `seconds`."""

    def bounded(test: Any) -> Any:
        drawn = settings(
            max_examples=max(1, round(of_usual * CASES / USUAL)),
            deadline=timedelta(seconds=SLOWER * seconds),
            derandomize=SEED is None,
            database=None,  # what was found becomes a test with a name; nothing is kept on the disk
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.data_too_large,
                HealthCheck.large_base_example,
            ],
            phases=(Phase.explicit, Phase.generate, Phase.shrink),
            print_blob=SEED is not None,
        )(test)
        return drawn if SEED is None else seed(int(SEED))(drawn)

    return bounded
