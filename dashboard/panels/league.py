"""Maps against the truth: the kept league or a fresh one, its picture, its tables, what they mean."""

import json
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.figures.league import league as drawn
from dashboard.interface import says
from dashboard.python_lines import known_causes
from interpret.results import League
from interpret.results.league import MEASURES, READINGS

KEPT = Path(__file__).parents[2] / "assets" / "studies" / "saliency_league.json"
FEW = 6  # cases of a kind, when the reader asks anew: a minute or so
TRUTHS = {"": says("league.its-own-texts"), "toys": says("league.three-toys")}
READ = {"signed": says("league.with-their-sign"), "size": says("league.by-their-size")}
SHOWN = {"auc": "AUC", "hit": says("league.hits")}


@cache
def _kept(_stamp: float) -> dict[tuple[str, str], League]:
    written = json.loads(KEPT.read_text(encoding="utf-8"))
    every = [League.of_kept(entry) for entry in written["leagues"] if entry["measure"] == "log-prob"]
    return {(one.model, one.world): one for one in every}


def kept() -> dict[tuple[str, str], League]:
    """The bundled leagues, by model and world."""
    return _kept(KEPT.stat().st_mtime) if KEPT.is_file() else {}


def found() -> League | None:
    """The league as kept, or asked anew if the reader wants that; of a model without a truth, the toys'."""
    name = choices.model()
    truth = "toys"
    if known_causes(name) != "toys":
        truth = choices.pick("truth", says("league.causes-are-known"), TRUTHS, "")
    else:
        others = ", ".join(model for model, world in kept() if world != "toys")
        frame.notice(
            says("league.nobody-knows-the-true-causes", name=shelf.card(name).name),
            says("league.for-maps-of-a-trained", others=others), role="status",
        )  # fmt: skip
    known = next((one for (model, world), one in kept().items() if _is_of(model, world, name, truth)), None)
    live = truth == "toys" or known_causes(name) == "storyland"  # the treebank is not part of the project
    if known is not None and not (live and choices.switch("anew", says("league.ask-again-cases", few=FEW))):
        return known
    return answers.part("saliency_league", world=truth, count=FEW)


def _is_of(model: str, world: str, name: str, truth: str) -> bool:
    return world == "toys" if truth == "toys" else (model == shelf.card(name).name and world != "toys")


def looks(found: League) -> tuple[str, str, str]:
    """Which cases, which measure, and how scores are read."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        group = choices.among(
            "group", says("league.cases"), dict(zip(found.groups, found.group_titles, strict=True))
        )
        measure = choices.pick("shown", says("league.shown"), SHOWN)
        reading = choices.pick("reading", says("league.read-scores"), READ)
    return group, measure, reading


def answer(found: League, reading: str, group: str) -> None:
    """The sentence, and how it was measured; whether the weights have changed since."""
    frame.said(found.in_words(reading, group))
    st.html(
        f'<p class="meta">{escape(found.model)} · {escape(found.shows())} · seed {found.seed} · '
        f"{escape(found.made)}</p>"
    )
    if found.world != "toys" and found.model_sha256 != shelf.card(choices.model()).sha256:
        frame.notice(
            says("league.this-was-measured-on-earlier", model=found.model),
            says("league.for-its-weights-of-today"), role="status",
        )  # fmt: skip


def picture(found: League, group: str, measure: str, reading: str) -> None:
    """Dots with their bounds, and the line of chance."""
    st.plotly_chart(
        drawn(found, group, measure, reading), key="league", config=figures.CONFIG,
        alt=found.in_words(reading, group),
    )  # fmt: skip
    n = int(found.n[found.groups.index(group)])
    st.caption(
        says("league.cases-lines-95-bounds-open", n=n)
        + (says("league.scores-with-their-sign") if reading == "signed" else says("league.scores-by-size-up"))
    )


def tables(found: League, group: str, measure: str, reading: str) -> None:
    """Every group at once, and the numbers to sort."""
    frame.section(says("league.which-methods-find-which"))
    st.html(_heat(found, measure, reading))
    st.caption(says("league.warm-better-than-chance-grey"))
    two = st.column_config.NumberColumn(format="%.2f")
    st.dataframe(
        _rows(found, group, reading), hide_index=True, height="content", column_config={"AUC": two, "hits": two},
    )  # fmt: skip


def _rows(found: League, group: str, reading: str) -> list[dict[str, Any]]:
    return [
        {
            "method": row["method"], "AUC": row["auc"],
            "AUC, 95\u00a0%": f"{row['auc_low']:.2f} to {row['auc_high']:.2f}", "hits": row["hit"],
            "hits, 95\u00a0%": f"{row['hit_low']:.2f} to {row['hit_high']:.2f}", "cases": row["n"],
            "better than chance": says("league.yes") if row["better_than_chance"] else says("league.no"),
        }
        for row in found.rows(reading, group)
    ]  # fmt: skip


def _heat(found: League, measure: str, reading: str) -> str:
    r, m = READINGS.index(reading), MEASURES.index(measure)
    beaten, misleads = found.beats(reading, measure), found.misleads(reading, measure)
    heads = "".join(f'<th scope="col">{escape(title)}</th>' for title in found.group_titles)
    body = ""
    for row in found.ranking(reading, measure):
        cells = "".join(
            _cell(
                float(found.values[r, m, row, at]),
                float(found.chance[m, at]),
                int(beaten[row, at]) - int(misleads[row, at]),
            )
            for at in range(len(found.groups))
        )
        body += f'<tr><th scope="row">{escape(found.titles[row])}</th>{cells}</tr>'
    counts = "".join(f'<td class="later">{n}</td>' for n in found.n)
    return (
        '<div class="scrolls heat league" tabindex="0" role="region" aria-label="'
        f'{escape(says("league.every-method-on-every-kind"))}"><table><thead><tr><td></td>{heads}</tr></thead><tbody>{body}'
        f'<tr><th scope="row">{escape(says("league.cases-row"))}</th>{counts}</tr>'
        "</tbody></table></div>"
    )


def _cell(value: float, chance: float, side: int) -> str:
    """`side`: 1 for certain better than chance, -1 for certain worse, 0 neither."""
    if side == 0:
        return f'<td class="later">{value:.2f}</td>'
    level = round(100 * abs(value - chance) / ((1 - chance) if side > 0 else chance))
    strong = " strong" if level > 56 else ""  # from here on black reads better than white
    return f'<td class="{"for" if side > 0 else "against"}{strong}" style="--level: {level}">{value:.2f}</td>'


def elsewhere() -> None:
    """Where the evidence about a reader's own text is."""
    st.page_link("views/saliency.py", label=says("league.evidence-about-a-map"), icon=":material/target:")
