"""Says how far a map of words can be believed, and shows it again from other seeds.

Trustworthiness falls when the map puts words side by side that are not near in the space; continuity falls when it
parts words that are; both are 1 for a perfect map and about 0.5 for one strewn at random. Beside them: the share of
a word's k true neighbours that are among its k nearest on the map. All by the cosine of the neighbour list, for
several k, from 600 words against all; the share of 15 neighbours kept is also worked out for every single word.
UMAP is run from three seeds, and the maps are turned onto the first.

Source: Venna, Kaski 2001, https://doi.org/10.1007/3-540-44668-0_68.
"""

from dataclasses import asdict, dataclass

import numpy as np

from interpret import progress
from interpret.results.space import MapTrust, kept_check, of_model
from interpret.space.belief import belief, some
from interpret.space.maps import flips, placed
from interpret.space.neighbours import neighbour_lists
from interpret.space.vectors import space, unfit
from interpret.study import Study
from models.base import LanguageModel

KS = (5, 10, 15, 30, 50)
JUDGED = 15


@dataclass(frozen=True, kw_only=True)
class Options:
    """`how`: umap or pca. `which`: input or output vectors."""

    how: str = "umap"
    which: str = "input"


def compute(model: LanguageModel, options: Options) -> MapTrust:
    """The measures for each k, the share kept of every word, and the pages of the flip-book."""
    points = space(model, options.which)
    with progress.part(0.0, 0.7):
        pages = flips(points) if options.how == "umap" else placed(points, options.how)[0][None]
    made_by = placed(points, options.how)[1]
    ks = tuple(k for k in KS if k < len(points) / 2) or (1,)
    measured = []
    for at, k in enumerate(ks):
        progress.tell(0.7 + 0.2 * at / len(ks))
        found = belief(points.unit, pages[0], k, anchors=some(len(points)))
        measured.append((found.trustworthiness, found.continuity, found.preserved))
    k = min(JUDGED, (len(points) - 1) // 2)
    true, _ = neighbour_lists(points.unit, k)
    drawn = [_on_map(page, k) for page in pages]
    kept = shared(true, drawn[0])
    steady = np.mean([shared(drawn[0], other).mean() for other in drawn[1:]]) if len(drawn) > 1 else 1.0
    return MapTrust(
        **of_model(model.card, "map_trust", asdict(options)), values=np.array(measured).T, unit="shares",
        signed=False, ks=ks, pages=pages, groups=points.kinds, group_names=points.kind_names,
        steady=float(steady), kept=kept, shown=points.shown, chance=k / (len(points) - 1), made_by=made_by,
        check=kept_check(float(kept.mean()), k),
    )  # fmt: skip


def _on_map(page: np.ndarray, k: int) -> np.ndarray:
    """Each point's k nearest others on a map, (P, k)."""
    from scipy.spatial import KDTree

    found = np.asarray(KDTree(page).query(page, k + 1)[1])
    own = found == np.arange(len(page))[:, None]
    own[~own.any(1), -1] = True  # of points in one place the own one may not be among the nearest
    return found[~own].reshape(len(page), k)


def shared(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Which share of each row's entries (P, k) the other list has too, (P,)."""
    return (one[:, :, None] == other[:, None]).any(-1).mean(-1)


STUDY = Study(
    name="map_trust", title="How far to believe the map", question="Which words does it think alike?",
    gives="map-trust", needs=frozenset(), options=Options, source="Venna, Kaski 2001", signed=False,
    compute=compute, place=72, unfit=unfit,
)  # fmt: skip
