"""Maps of words: PCA and Procrustes on paper and against scikit-learn and scipy, UMAP, belief, what is bundled."""

import json
import math

import numpy as np
import pytest

import models
from interpret import progress, study
from interpret.space import maps
from interpret.space.belief import belief
from interpret.space.layout import Umap, principal, procrustes, turned, umap_layout
from interpret.space.vectors import space
from models.refusals import Refusal
from tests.models.test_catalog import bundled
from tests.toys import Toy

# PCA


def test_pca_on_paper():
    """Four corners of a box 6 by 2: the first direction is along its length and has 9 / 10 of the spread."""
    axes = principal(np.array([[3.0, 1], [3, -1], [-3, 1], [-3, -1]]))
    np.testing.assert_allclose(axes.directions, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(axes.shares, [0.9, 0.1])


def test_pca_of_flat_points_keeps_every_distance():
    made = np.random.default_rng(1)
    flat = made.normal(size=(30, 2)) @ np.linalg.qr(made.normal(size=(7, 7)))[0][:2]
    drawn = principal(flat).place(flat)
    for points in (flat, drawn):
        np.testing.assert_allclose(np.linalg.norm(points[3] - points, axis=1), _distances(flat, 3), atol=1e-9)


def _distances(points: np.ndarray, row: int) -> np.ndarray:
    return np.sqrt(((points[row] - points) ** 2).sum(1))


@pytest.mark.parametrize("shape", [(60, 8), (6, 40)])
def test_pca_is_scikit_learns_but_for_signs(shape):
    from sklearn.decomposition import PCA

    points = np.random.default_rng(2).normal(size=shape)
    axes, theirs = principal(points), PCA(2, svd_solver="full").fit(points)
    np.testing.assert_allclose(np.abs(axes.directions.T), np.abs(np.array(theirs.components_)), atol=1e-9)
    np.testing.assert_allclose(axes.shares, theirs.explained_variance_ratio_)


def test_pca_of_equal_points_stays_in_one_place():
    axes = principal(np.ones((5, 3)))
    assert axes.shares.tolist() == [0, 0]
    assert not axes.place(np.ones((5, 3))).any()


# Procrustes


def test_a_turned_space_is_turned_back():
    made = np.random.default_rng(4)
    points, turn = made.normal(size=(20, 5)), np.linalg.qr(made.normal(size=(5, 5)))[0]
    np.testing.assert_allclose(procrustes(points @ turn, points), turn.T, atol=1e-9)
    np.testing.assert_allclose(turned(3 * points @ turn + 8, points), points, atol=1e-9)


def test_procrustes_is_scipys():
    from scipy.linalg import orthogonal_procrustes

    one, other = np.random.default_rng(6).normal(size=(2, 12, 4))
    np.testing.assert_allclose(procrustes(one, other), orthogonal_procrustes(one, other)[0], atol=1e-9)
    with pytest.raises(Refusal, match="must be alike"):
        procrustes(one, other[:5])


# Belief


def test_belief_on_paper():
    """Five directions, one neighbour each. True: 1 0 1 2 3; on the map: 3 4 1 2 1; two of five are kept.

    The map's wrong neighbours have true ranks 3, 4 and 3, the true ones 3, 4 and 3 on the map: 2 + 3 + 2 too
    much of the 15 that would be worst.
    """
    angles = [math.radians(angle) for angle in (0, 10, 25, 45, 70)]
    unit = np.array([[math.cos(a), math.sin(a)] for a in angles], np.float32)
    placed = np.array([[x, 0.0] for x in (20, 1, 2.1, 3.3, 0)])
    found = belief(unit, placed, 1)
    assert found.kept.tolist() == [0, 0, 1, 1, 0]
    assert found.trustworthiness == pytest.approx(1 - 7 / 15)
    assert found.continuity == pytest.approx(1 - 7 / 15)


def test_trustworthiness_and_continuity_are_scikit_learns():
    from sklearn.manifold import trustworthiness

    made = np.random.default_rng(8)
    points = made.normal(size=(90, 12)).astype(np.float32)
    unit, placed = points / np.linalg.norm(points, axis=1, keepdims=True), made.normal(size=(90, 2))
    found = belief(unit, placed, 7)
    theirs = trustworthiness(unit, placed, n_neighbors=7, metric="cosine")
    assert found.trustworthiness == pytest.approx(theirs, abs=1e-6)
    assert found.continuity == pytest.approx(trustworthiness(placed, unit, n_neighbors=7), abs=1e-6)


def test_a_true_map_is_believed_wholly():
    unit = np.array([[math.cos(a), math.sin(a)] for a in np.linspace(0, 6, 40)], np.float32)
    found = belief(unit, 5 * unit[:, ::-1] + 2, 6)
    assert (found.trustworthiness, found.continuity, found.preserved) == pytest.approx((1, 1, 1))


def test_belief_that_is_not_defined_is_refused():
    unit = space(Toy()).unit
    with pytest.raises(Refusal, match="ask about fewer than half"):
        belief(unit, unit, 2)
    with pytest.raises(Refusal, match="must be the same"):
        belief(unit, unit[:3], 1)


# UMAP


def test_umap_repeats_itself_keeps_heaps_together_tells_how_far_it_is_and_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("UNDERHOOD_CACHE", str(tmp_path))
    monkeypatch.setattr(maps, "BUNDLED", tmp_path / "nothing")
    maps._bundled.cache_clear()
    points, heard = space(models.load("shakespeare-chars")), []
    with progress.heard_by(lambda share: heard.append(share) or True):
        first, said = maps.placed(points)
    assert heard == sorted(heard) and heard[-1] == 1
    assert "n_neighbors 15, min_dist 0.1, cosine, PCA start, 200 epochs, seed 0" in said
    np.testing.assert_array_equal(umap_layout(points.unit, maps.parameters(points)), first)
    assert belief(points.unit, first, 10).preserved > 1.5 * 10 / 66, "far better than strewn at random"
    (kept,) = (tmp_path / "maps").glob("*.npz")
    maps._made.clear()
    monkeypatch.setattr(maps, "umap_layout", lambda *_: pytest.fail("it was kept"))
    np.testing.assert_allclose(maps.placed(points)[0], first, atol=1e-5)
    kept.write_bytes(b"cut short")
    maps._made.clear()
    monkeypatch.setattr(maps, "umap_layout", lambda *_: first)
    np.testing.assert_array_equal(maps.placed(points)[0], first)
    maps._made.clear()
    maps._bundled.cache_clear()


def test_umap_can_be_stopped_and_refuses_more_neighbours_than_points():
    def leave(_share: float) -> bool:
        return False

    with progress.heard_by(leave), pytest.raises(progress.Stopped):
        umap_layout(space(bundled("story-lstm")).unit, Umap())
    with pytest.raises(Refusal, match="15 neighbours and there are 4"):
        umap_layout(space(Toy()).unit, Umap())
    with pytest.raises(Refusal, match="no map by 'tsne'"):
        maps.placed(space(Toy()), "tsne")


# What is bundled


@pytest.mark.parametrize("name", [n for n in models.names() if n != "wiki-ngram"])
def test_bundled_maps_are_of_the_weights_that_ship(name: str):
    points = space(bundled(name))
    assert maps.is_ready(name, points.sha256), f"python -m interpret words --model {name} --bundle"
    pages, said = maps._read(maps.BUNDLED / f"{name}.npz") or (np.zeros(3), {})
    assert pages.shape == (3, len(points), 2)
    assert {**said["parameters"], "seed": 0} == maps.parameters(points).to_dict()


def test_bundled_maps_are_small():
    assert sum(path.stat().st_size for path in maps.BUNDLED.glob("*.npz")) < 2_000_000


def test_how_far_to_believe_the_map_of_a_bundled_model():
    found = study(bundled("shakespeare-chars"), "map_trust")
    assert found.values.shape == (3, len(found.ks))
    assert found.pages.shape == (3, len(found.shown), 2)
    assert found.chance < found.kept.mean() < 1
    assert 0 < found.steady <= 1
    assert json.loads(json.dumps(found.to_json(), allow_nan=False))["method"] == "map_trust"
