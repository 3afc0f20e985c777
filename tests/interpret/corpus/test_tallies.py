"""What is counted of a unit: on paper, equal to one pass, and the same in whatever order texts are put together."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from interpret.corpus.tallies import BINS, HALF, PLACES, TURNS, Tally, correlations, tally, together


def of(texts: list[list[float]], first: int = 0) -> Tally:
    """The tally of one unit; its feature is the token's place."""
    values = [torch.tensor(text)[:, None] for text in texts]
    labels = np.concatenate([np.arange(len(text)) for text in texts]).astype(np.float32)[:, None]
    return tally(values, list(range(first, first + len(texts))), labels, np.tile(labels, TURNS))


def drawn(seed: int, count: int, units: int = 5) -> tuple[list[torch.Tensor], np.ndarray]:
    lots = torch.Generator().manual_seed(seed)
    scale = 10.0 ** torch.linspace(-3, 3, units)
    sizes = torch.randint(1, 9, (count,), generator=lots).tolist()
    values = [torch.randn(size, units, generator=lots) * scale for size in sizes]
    return values, np.random.default_rng(seed).random((sum(sizes), 3)).astype(np.float32)


def test_a_tally_on_paper():
    found = of([[1.0, 3.0, -2.0], [0.5, 2.5]])
    assert [found[name][0] for name in ("count", "sum", "squares", "least", "most")] == [5, 5, 20.5, -2, 3]
    assert found["high_values"][0, :2].tolist() == [3.0, 2.5] and found["high_texts"][0, 2] == -1
    assert (found["high_texts"][0, :2].tolist(), found["high_places"][0, :2].tolist()) == ([0, 1], [1, 1])
    assert (found["low_values"][0, :2].tolist(), found["low_places"][0, :2].tolist()) == ([-2.0, 0.5], [2, 0])
    # 3 lies below 4 = 32 bins of 1/8: 3 is in bin 24 above the middle, 2.5 in bin 20
    assert found["exponent"][0] == -3
    assert found["counts"][0, HALF + 24] == found["counts"][0, HALF + 20] == 1 and found["counts"].sum() == 5
    assert found["examples"][0, HALF + 24] == 0 * PLACES + 1
    assert found["examples"][0, HALF + 20] == 1 * PLACES + 1 and (found["examples"] >= 0).sum() == 2
    assert found["products"][0, 0] == 0 * 1 + 1 * 3 + 2 * -2 + 0 * 0.5 + 1 * 2.5


def test_of_equal_values_the_earlier_text_comes_first():
    found = together(of([[5.0], [7.0]]), of([[1.0, 5.0], [6.0]], first=2))
    assert found["high_values"][0, :4].tolist() == [7.0, 6.0, 5.0, 5.0]
    assert found["high_texts"][0, :4].tolist() == [1, 3, 0, 2]
    assert found["high_places"][0, :4].tolist() == [0, 0, 0, 1]


def test_bins_of_two_widths_are_those_of_one_pass():
    values, labels = drawn(1, 40)
    whole = tally(values, range(40), labels, np.tile(labels, TURNS))
    cuts, at, found = (0, 1, 13, 27, 40), 0, None
    for first, last in pairwise(cuts):
        size = sum(map(len, values[first:last]))
        part = labels[at : at + size]
        new = tally(values[first:last], range(first, last), part, np.tile(part, TURNS))
        found, at = (together(found, new) if found else new), at + size
    assert found is not None
    for name, held in whole.items():
        np.testing.assert_allclose(found[name], held, rtol=1e-4, atol=1e-4, err_msg=name)
    for name in ("counts", "examples", "exponent", "high_texts", "low_places"):
        np.testing.assert_array_equal(found[name], held := whole[name], err_msg=name)
        assert held.any()


@pytest.mark.parametrize("value", [0.0, -1.0, 1.0, 1e-12, 65504.0, -0.17])
def test_every_value_has_a_bin_around_it(value):
    found = of([[value]])
    (at,) = np.flatnonzero(found["counts"][0])
    width = 2.0 ** found["exponent"][0]
    assert (at - HALF) * width <= np.float32(value) < (at - HALF + 1) * width
    assert found["counts"].shape == (1, BINS)


def test_correlations_from_sums_are_numpys():
    lots = np.random.default_rng(4)
    labels = lots.random((300, 2)).astype(np.float32)
    values = torch.from_numpy(lots.normal(size=(300, 3)).astype(np.float32))
    values[:, 1] += 2 * torch.from_numpy(labels[:, 0])
    values[:, 2] = 7.0  # never changes: 0, not a division by nothing
    table = tally([values], [0], labels, np.tile(labels, TURNS))
    exact = labels.astype(float)
    sums = {"count": 300, "sum": exact.sum(0), "squares": (exact**2).sum(0)}
    theirs = np.corrcoef(values[:, :2].numpy().T, labels.T)[:2, 2:]
    np.testing.assert_allclose(correlations(table, sums, "products")[:2], theirs, atol=1e-4)
    assert not correlations(table, sums, "products")[2].any()
    assert correlations(table, sums, "shifted").shape == (3, 2 * TURNS)
