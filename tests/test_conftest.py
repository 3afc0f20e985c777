"""The guard rails of conftest.py hold."""

import socket

import pytest
import torch

from tests.conftest import is_local


def test_another_machine_cannot_be_reached():
    with pytest.raises(OSError, match="a test tried to reach"), socket.socket() as line:
        line.connect(("192.0.2.1", 80))  # an address reserved for documentation
    with pytest.raises(OSError, match=r"a test tried to look up huggingface\.co"):
        socket.create_connection(("huggingface.co", 443), timeout=1)


def test_this_machine_can():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("localhost", port), timeout=5) as line:
            assert line.getpeername()[1] == port


@pytest.mark.parametrize(
    ("address", "local"), [("127.0.0.1", True), ("::1", True), ("10.0.0.7", False), ("1.27.0.0", False)]
)
def test_what_counts_as_this_machine(address: str, local: bool):
    assert is_local((address, 80)) is local
    assert is_local("/tmp/a-socket-file")


def test_torch_is_deterministic_on_one_thread():
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.get_num_threads() == 1


def test_seeds_are_set_anew():
    # The first number of torch.manual_seed(7), whatever ran before.
    expected = torch.rand(1, generator=torch.Generator().manual_seed(7))
    assert torch.equal(torch.rand(1), expected)
