"""What a reader holds in a component: a link shows it, telling it computes nothing, another text lets go of it."""

import json
from typing import Any

import pytest

from dashboard import cached
from dashboard.components.maps import chosen
from dashboard.components.removal import standing
from dashboard.components.tree import node_at

TEXT = "Sofia works behind the mill. The benches near the shell"
SHORT = "The keys to the old cabinet"
MAP = {"model": "wiki-lstm", "text": SHORT, "method": "leave_one_out"}
STORY = {"model": "story-lstm", "text": TEXT}
CASES = {  # page, its link, the component and its key, the name in the address, what is held, and the data for it
    "tree": ("generate", STORY, "tree", "tree", "branch", "1-0-2", {"kept": 23}),
    "removal": (
        "saliency", MAP, "removal", "removal", "removed", "5-back-gradient_norm",
        {"held": {"step": 5, "back": True, "line": 3}},
    ),
    "maps": (
        "saliency", {**MAP, "evidence": "agreement"}, "maps", "maps", "pinned", "2-leave_one_out.gradient_norm",
        {"held": {"word": 2, "pair": 2}},
    ),
    "factors": ("factors", STORY, "factors", "factors", "factor", "2", {"locked": 1}),
    "differences": (
        "compare", {**STORY, "with": "story-gpt"}, "maps", "differences-surprise", "pinned", "4",
        {"held": {"word": 4, "pair": 0}},
    ),
}  # fmt: skip
FIRST = {"tree": {"kept": None}, "removal": {"held": {"step": 3, "back": False, "line": 0}},
         "factors": {"locked": None}, "differences": {"held": {"word": None, "pair": 0}}}  # fmt: skip


def component(page: Any, name: str) -> dict[str, Any]:
    """What a page handed to its component of a name."""
    (found,) = [e for e in page.get("bidi_component") if e.proto.component_name.endswith(name)]
    return json.loads(found.proto.json)


def shows(page: Any, name: str, wanted: dict[str, Any]) -> bool:
    """Whether a component was given this, whatever else it was given."""
    data = component(page, name)
    return all(
        value.items() <= data[part].items() if isinstance(value, dict) else data[part] == value
        for part, value in wanted.items()
    )


def held(page: Any, name: str) -> str | None:
    """What the address says is held."""
    found = page.query_params.get(name)
    return found[0] if isinstance(found, list) else found


@pytest.mark.parametrize("case", CASES)
def test_what_is_held_is_in_the_link_and_telling_it_computes_nothing(opened, monkeypatch, case):
    view, link, name, key, written, at, wanted = CASES[case]
    page = opened(view, **link)
    before = component(page, name)
    assert held(page, written) is None and not shows(page, name, wanted)
    of = before["of"] if "of" in before else before["held"]["of"]

    def never(*asked: Any) -> None:
        raise AssertionError(f"computed anew: {asked[:2]}")

    monkeypatch.setattr(cached, "submit", never)
    page.session_state[key] = {"held": {"of": of, "at": at}}
    page.run()
    assert not page.exception and held(page, written) == at and shows(page, name, wanted)
    again = opened(view, **link, **{written: at})
    assert not again.exception and held(again, written) == at and shows(again, name, wanted)


@pytest.mark.parametrize("case", FIRST)
@pytest.mark.parametrize("junk", ["99-9-9", "²-forth-" + "x." * 2000])
def test_what_is_not_there_is_left_as_at_first(opened, case, junk):
    view, link, name, _, written, _, _ = CASES[case]
    page = opened(view, **link, **{written: junk})
    assert not page.exception and shows(page, name, FIRST[case]) and held(page, written) is None


def test_another_text_lets_go_and_another_choice_does_not(opened):
    page = opened("generate", **STORY, branch="1-0")
    assert component(page, "tree")["kept"] == 6
    page.session_state["ahead"] = 4
    page.run()
    assert held(page, "branch") == "1-0" and component(page, "tree")["kept"] == 6
    page.session_state["text"] = SHORT
    page.run()
    assert held(page, "branch") is None and component(page, "tree")["kept"] is None


def test_a_way_is_the_same_in_a_deeper_tree():
    small, deep = [-1, -1, 0, 0, 1, 1], [-1, -1, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert node_at("1-0", small) == node_at("1-0", deep) == 4
    assert node_at("1-0-1", deep) == 11 and node_at("1-0-1", small) is None
    assert [node_at(told, small) for told in ("", "2", "-1", "0-", "٠", "0" * 4000)] == [None] * 6


def test_the_slider_stands_where_it_was_told_as_far_as_that_is_there():
    names = ["leave_one_out", "gradient_norm", "greedy"]
    assert standing("5-back-gradient_norm", 6, names, can_go_back=True) == (5, True, 1)
    assert standing("5-back-gradient_norm", 6, names, can_go_back=False) == (5, False, 1)
    assert standing("0-greedy", 6, names, can_go_back=True) == (0, False, 2)
    assert standing("6-back-greedy", 6, names, can_go_back=True) == (6, True, 0), "it knows no way back"
    assert standing("7-attention", 6, names, can_go_back=True) == (3, False, 0)
    assert standing("", 2, names, can_go_back=True) == (1, False, 0), "not every word"


def test_a_word_and_a_pair_are_taken_one_without_the_other():
    known, names = [False, True, True], ["a.b", "a.c"]
    assert chosen("2-a.c", known, names, 0) == (2, 1)
    assert chosen("2", known, names, 0) == (2, 0) and chosen("-a.c", known, names, 0) == (None, 1)
    assert chosen("0-b.c", known, names, 1) == (None, 1), "no word stands there, and no such pair"
    assert chosen("1-", known, ["", "a.b"], 1) == (1, 1), "a pair without a name is not chosen"
