"""What every test starts from: the same seeds, one torch thread, and no way out of this machine."""

import os
import random
import socket
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

os.environ["HF_HUB_OFFLINE"] = "1"  # before anything imports transformers

LOCAL = ("127.", "::1", "localhost", "0.0.0.0")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-shots", action="store_true", help="take the expected pictures of tests/shots anew"
    )
    parser.addoption(
        "--every-page",
        action="store_true",
        help="look at all pages with axe-core, not only at a choice of them",
    )


class Outside(OSError):
    """A test tried to reach another machine."""


def is_local(address: Any) -> bool:
    """Whether a socket address stays on this machine: loopback, or a file (AF_UNIX)."""
    return not isinstance(address, tuple) or str(address[0]).startswith(LOCAL)


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuses every connection to another machine, and looking one up."""
    patch = pytest.MonkeyPatch()

    def guarded(name: str) -> None:
        real = getattr(socket.socket, name)

        def checked(self: socket.socket, *arguments: Any) -> Any:
            if not is_local(arguments[-1]):
                raise Outside(f"a test tried to reach {arguments[-1]}")
            return real(self, *arguments)

        patch.setattr(socket.socket, name, checked)

    for name in ("connect", "connect_ex", "sendto"):
        guarded(name)
    look_up = socket.getaddrinfo

    def checked_look_up(host: Any, *arguments: Any, **named: Any) -> Any:
        shown = host.decode() if isinstance(host, bytes) else host
        if shown and not is_local((shown,)) and shown != socket.gethostname():
            raise Outside(f"a test tried to look up {shown}")
        return look_up(host, *arguments, **named)

    patch.setattr(socket, "getaddrinfo", checked_look_up)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def own_shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing kept on this machine is taken up, and nothing is left on it."""
    patch = pytest.MonkeyPatch()
    patch.setenv("UNDERHOOD_CACHE", str(tmp_path_factory.mktemp("shelf")))
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def one_thread_that_repeats_itself() -> None:
    """Torch on one thread, with deterministic algorithms; uninitialised memory holds NaN."""
    import torch

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


@pytest.fixture(autouse=True)
def own_main() -> Iterator[None]:
    """Streamlit's tests put the page in the place of `__main__`, which new processes would then begin with."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def seeds() -> None:
    """The same random numbers in every test, and one thread, whatever ran before it."""
    import torch

    torch.set_num_threads(1)  # a recipe of ours may have taken more
    random.seed(7)
    np.random.seed(7)  # noqa: NPY002  for libraries that use the global one
    torch.manual_seed(7)
