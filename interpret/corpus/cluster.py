"""The same shards on Dask: processes of this machine, or any cluster by its scheduler's address.

Dask is an extra (requirements-cluster.txt). A worker that dies costs its shard, which another one does; what
was finished is in the folder already. The folder must be seen by all workers under the same path. A scheduler
runs what it is told by whoever reaches it: keep it inside a trusted network.
"""

from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack
from typing import Any

from interpret.corpus.job import Engine, process
from models.refusals import Refusal

RETRIES = 3


def local(workers: int) -> dict[str, Any]:
    """A cluster of this machine: a process for each worker, no web page of Dask's own."""
    return {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}


def engine(*, workers: int = 0, scheduler: str = "", patience: float = 20.0) -> Engine:
    """An engine for `run`: `workers` processes here, or the cluster at `scheduler` (tcp://...).

    A scheduler that is not heard of for `patience` seconds counts as lost, which `run` refuses to go on without.
    """
    try:
        from distributed import Client, KilledWorker, LocalCluster, as_completed
        from distributed.comm.core import CommClosedError
    except ImportError:
        raise Refusal("Dask is not installed: pip install -r requirements-cluster.txt.") from None

    def on_dask(folder: str, numbers: list[int]) -> Iterator[int]:
        with ExitStack() as held:
            address = scheduler
            if not address:
                cluster: Any = LocalCluster(**local(workers))
                address = held.enter_context(cluster).scheduler_address
            try:
                client = held.enter_context(Client(address, timeout=patience))
            except OSError:
                raise Refusal(
                    f"No Dask scheduler answers at {address}: start one, or use --workers."
                ) from None
            futures = client.map(lambda n: process(folder, n), numbers, retries=RETRIES, pure=False)
            try:
                for future in as_completed(futures):
                    yield future.result()
            except (CancelledError, CommClosedError):
                raise Refusal(
                    f"The Dask scheduler at {address} was lost: what is done is kept. Start it, and this again."
                ) from None
            except KilledWorker:
                raise Refusal(
                    "A shard ended every worker that took it (memory may have run out): give them more memory, or "
                    "smaller shards in a new folder. What is done is kept."
                ) from None

    return on_dask
