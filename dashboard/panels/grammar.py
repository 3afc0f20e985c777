"""What a model knows of grammar: the answer, all models side by side, each rule, agreement far off."""

import json
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

from dashboard import answers, choices, figures, frame, shelf
from dashboard.anatomy_parts import scrolling
from dashboard.figures import grammar as pictures
from dashboard.interface import says
from interpret.results import Grammar
from interpret.results.grammar import CHANCE, Rule

KEPT = Path(__file__).parents[2] / "assets" / "studies" / "grammar.json"
WORLDS = {"english": says("grammar.english"), "storyland": says("grammar.storyland")}
COUNTING = {"english": "wiki-ngram"}  # the model that only counts words, by world
SAYS = {
    "learned": says("grammar.learned"),
    "partly": says("grammar.in-part"),
    "not learned": says("grammar.not-learned"),
}


@cache
def _kept(_stamp: float) -> dict[str, Grammar]:
    written = json.loads(KEPT.read_text(encoding="utf-8"))
    return {entry["model"]: Grammar.of_kept(entry) for entry in written["models"]}


def kept() -> dict[str, Grammar]:
    """What the bundled models were found to know, by name."""
    return _kept(KEPT.stat().st_mtime) if KEPT.is_file() else {}


def of_model() -> Grammar | None:
    """The chosen model's answer: as kept, if it is about these weights, else asked now. None: it has none."""
    found = kept().get(choices.model())
    if found is not None and found.model_sha256 == shelf.card(choices.model()).sha256:
        return found
    return answers.part("grammar")


def counting(found: Grammar) -> Grammar | None:
    """What counting words achieves in the same world."""
    return kept().get(COUNTING.get(found.world, ""))


def answer(found: Grammar) -> None:
    """The sentences that answer the question, with this model's numbers."""
    frame.said(found.in_words(counting(found)))
    if agreement := found.agreement():
        frame.said(agreement)
    st.html(
        f'<p class="meta">{escape(found.model)} · {int(found.n.sum()):,} pairs of sentences of our own · '
        f"seed "
        f"{found.seed} · asked {escape(found.made)}</p>"
    )


def table(found: Grammar | None) -> None:
    """Rules by models; of two sides once, below both, with what differs between them."""
    earlier = choices.beside("grammar", found)
    if choices.side() is None:
        _table([found] if found is not None else [])
    elif earlier is not None:
        with earlier[1]:
            both = [one for one in (earlier[0], found) if one is not None]
            if len(both) == 2:
                _differences(*both)
            _table(both)


def _differences(first: Grammar, second: Grammar) -> None:
    """The rules that both were asked about, the widest apart first."""
    mine, theirs = ({rule.name: rule for rule in one.rules()} for one in (first, second))
    both = [(mine[name], theirs[name]) for name in mine if name in theirs]
    frame.section(says("grammar.on-which-rules-do-they"))
    if not both:
        frame.quiet(says("grammar.they-were-asked-about"))
        return
    both.sort(key=lambda pair: -abs(pair[1].accuracy - pair[0].accuracy))
    rows = [
        [
            one.name, _bounded(one), _bounded(other),
            f"{100 * (other.accuracy - one.accuracy):+.0f}".replace("-", "−"),
            says("grammar.yes") if one.low > other.high or other.low > one.high else says("grammar.no"),
        ]
        for one, other in both
    ]  # fmt: skip
    head = ["rule", f"{first.model} (%)", f"{second.model} (%)", "difference", says("grammar.bounds-apart")]
    scrolling("laid", head, rows, says("grammar.rules-and-how-far"))
    frame.quiet(says("grammar.second-less-first"))


def _bounded(rule: Rule) -> str:
    return f"{100 * rule.accuracy:.0f} ({100 * rule.low:.0f}–{100 * rule.high:.0f})"


def _table(shown: list[Grammar]) -> None:
    """Each share with the bounds between which it lies; the models that are looked at first."""
    columns = _columns(shown)
    if not columns:
        return
    rules = {one.model: {rule.name: rule for rule in one.rules()} for one in columns}
    names = list(dict.fromkeys(name for one in columns for name in rules[one.model]))
    groups = list(dict.fromkeys(one.world for one in columns))
    over = "".join(
        f'<th colspan="{sum(one.world == world for one in columns)}">{WORLDS.get(world, "your file")}</th>'
        for world in groups
    )
    now = [one.model for one in shown]
    heads = "".join(_head(one.model, now) for one in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(_cell(rules[one.model].get(name)) for one in columns)
        + "</tr>"
        for name in names
    )
    label = says("grammar.how-often-each-model-prefers")
    st.html(
        f'<div class="scrolls heat grammar" tabindex="0" role="region" aria-label="{label}"><table><thead>'
        f"<tr><td></td>{over}</tr><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    st.caption(says("grammar.pairs-of-sentences-in-which"))


def _columns(shown: list[Grammar]) -> list[Grammar]:
    every = {**kept(), **{one.model: one for one in shown}}
    order = {world: at for at, world in enumerate(WORLDS)}
    worlds, names = {one.world for one in shown}, [one.model for one in shown]

    def place(one: Grammar) -> tuple[bool, int, int]:
        at = names.index(one.model) if one.model in names else len(names)
        return bool(shown) and one.world not in worlds, order.get(one.world, 9), at

    return sorted(every.values(), key=place)  # the chosen models and their worlds first


def _head(model: str, shown: list[str]) -> str:
    now = ' class="now" aria-current="true"' if model in shown else ""
    return f'<th scope="col"{now}>{escape(model).replace("-", "-<wbr>")}</th>'


def _cell(rule: Rule | None) -> str:
    if rule is None:
        return '<td class="later" aria-label="' + escape(says("grammar.not-asked")) + '">·</td>'
    level = round(200 * abs(rule.accuracy - CHANCE))
    sign = "for" if rule.accuracy >= CHANCE else "against"
    strong = " strong" if level > 56 else ""  # from here on black reads better than white
    return (
        f'<td class="{sign}{strong}" style="--level: {level}" title="{escape(rule.in_words(), quote=True)}">'
        f"{100 * rule.accuracy:.0f}<small>{100 * rule.low:.0f}–{100 * rule.high:.0f}</small></td>"
    )


def rules(found: Grammar) -> None:
    """Each rule with its interval beside chance and counting, and a verdict that can be read aloud."""
    other = counting(found)
    frame.section(says("grammar.which-rules-has-it-learned"))
    picture = pictures.rules(found, other)
    st.plotly_chart(picture, key=choices.key("rules"), config=figures.CONFIG, alt=found.in_words(other))
    known = {} if other is None or other.model == found.model else {rule.name: rule for rule in other.rules()}
    said = "".join(f"<li>{_verdict(rule, known.get(rule.name))}</li>" for rule in found.rules())
    st.html(f'<ul class="verdicts">{said}</ul>')
    st.caption(says("grammar.learned-at-least-90-right"))


def _verdict(rule: Rule, other: Rule | None) -> str:
    name, _, rest = rule.in_words(other).partition(": ")
    return f"<strong>{escape(name)}</strong>: {escape(rest)}"


def distance(found: Grammar) -> None:
    """Agreement by how many nouns stand in between, for every model: Linzen's curve."""
    frame.section(says("grammar.what-if-other-nouns-stand"))
    frame.said(found.agreement() or says("grammar.this-was-not-asked-here"))
    st.plotly_chart(
        pictures.distance(_columns([found]), found.model), key=choices.key("distance"), config=figures.CONFIG,
        alt=found.agreement(),
    )  # fmt: skip
    st.caption(says("grammar.the-actors-near-the-car"))


LOOKS = {
    "rules": (says("grammar.rule-by-rule"), rules),
    "distance": (says("grammar.nouns-in-between"), distance),
}
