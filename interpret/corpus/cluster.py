"""The same shards on Dask: processes of this machine, or any cluster by its scheduler's address.

Dask is an extra (requirements-cluster.txt). A worker that dies costs its shard, which another one does; what
was finished is in the folder already. The folder must be seen by all workers under the same path. A scheduler
runs what it is told by whoever reaches it: keep it inside a trusted network.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from interpret.corpus.job import Engine, process
from models.base import Refusal

RETRIES = 3


def local(workers: int) -> dict[str, Any]:
    """A cluster of this machine: a process for each worker, no web page of Dask's own."""
    return {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}


def engine(*, workers: int = 0, scheduler: str = "") -> Engine:
    """An engine for `run`: `workers` processes here, or the cluster at `scheduler` (tcp://...)."""
    try:
        from distributed import Client, LocalCluster, as_completed
    except ImportError:
        raise Refusal("Dask is not installed: pip install -r requirements-cluster.txt.") from None

    def on_dask(folder: str, numbers: list[int]) -> Iterator[int]:
        with ExitStack() as held:
            address = scheduler
            if not address:
                cluster: Any = LocalCluster(**local(workers))
                address = held.enter_context(cluster).scheduler_address
            try:
                client = held.enter_context(Client(address, timeout=20))
            except OSError:
                raise Refusal(
                    f"No Dask scheduler answers at {address}: start one, or use --workers."
                ) from None
            futures = client.map(lambda n: process(folder, n), numbers, retries=RETRIES, pure=False)
            for future in as_completed(futures):
                yield future.result()

    return on_dask
