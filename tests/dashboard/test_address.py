"""The address of a view: state -> address -> state is the identity; nothing in a link can do harm."""

import ast
import base64
import time
import tracemalloc
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.choices import address
from dashboard.choices.picked import digest

ROOT = Path(__file__).parents[2]
TYPED = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
LONG = st.builds(lambda part, times: part * times, TYPED, st.integers(1, 400))
# How a control is drawn in the page below, and what a reader may choose in it.
BESIDE = (
    "with",
    "with_text",
    "with_stage",
    "first_stage",
)  # what stands on the second side, and the first's stage
SHOWN = ("shown_token", "shown_place", "shown_branch")  # what a strip, a chart and a tree had told
TREE = "a tree of this text"
OFFERED = ["one", "two words", "a|b,c", "ä &=?#%+/", "7"]
VALUES: dict[str, Any] = {
    "pick": st.sampled_from(OFFERED),
    "among": st.sampled_from(OFFERED),
    "number": st.integers(2, 9),
    "switch": st.booleans(),
    "written": TYPED,
    "unit": TYPED,
    "several": st.lists(st.sampled_from(["one", "two", "three"]), min_size=1, max_size=3, unique=True),
}


def controls() -> dict[str, str]:
    """Every control of every page, name in the address -> kind, read off the sources."""
    found = {"method": "pick"}
    for folder in ("views", "panels"):
        for path in sorted((ROOT / "dashboard" / folder).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                    continue
                kind, first = node.func.attr, node.args[0] if node.args else None
                if ast.unparse(node.func.value) != "choices" or kind not in VALUES:
                    continue
                if kind == "unit":
                    found["unit"] = "unit"
                elif isinstance(first, ast.Constant):
                    found.setdefault(str(first.value), kind)
    return found


def every_control(known: dict[str, str], offered: list[str]) -> None:
    """A page with all of them; AppTest runs it by itself."""
    import streamlit

    from dashboard import choices
    from dashboard.choices.address import given_text, go_back, write

    go_back()
    if "text" not in streamlit.session_state:
        streamlit.session_state["text"] = given_text("the first example")
    streamlit.text_area("Text", key="text")
    write(text=streamlit.session_state["text"])
    titles = {one: one for one in offered}
    for name, kind in known.items():
        if kind == "number":
            choices.number(name, name, 2, 9, 4)
        elif kind == "switch":
            choices.switch(name, name, first=True)
        elif kind == "written":
            choices.written(name, name, "is | are")
        elif kind == "unit":
            choices.unit(name, "any")
        elif kind == "several":
            choices.several(name, name, {one: one for one in ("one", "two", "three")}, ["two"], 3)
        else:
            getattr(choices, kind)(name, name, titles, offered[1])
    streamlit.session_state["model"] = "story-lstm"  # of which stages are kept
    choices.choose_second()
    phrase = choices.phrase("strip", 20)
    choices.keep_word(choices.word("strip", 20))
    streamlit.session_state["shown_token"] = choices.token("tokens", 20)
    held = choices.held("branch", "tree", "a tree of this text")
    choices.keep(branch=held["at"] or None)
    streamlit.session_state["shown_branch"] = held["at"]
    told = [int(point[axis]) for point in choices.points("chart") for axis in ("y", "x")]
    streamlit.session_state["shown_place"] = choices.clicked("place", told or None, (12, 30))
    choices.keep_phrase(phrase)


def opened(query: dict[str, str], state: dict[str, Any]) -> AppTest:
    page = AppTest.from_function(every_control, kwargs={"known": controls(), "offered": OFFERED})
    for name, value in query.items():
        page.query_params[name] = value
    for name, value in state.items():
        page.session_state[name] = value
    page.run(timeout=30)
    assert not page.exception
    return page


def written(page: AppTest) -> dict[str, str]:
    """The address of a page, as a browser hands it on."""
    values = {name: v[0] if isinstance(v, list) else v for name, v in dict(page.query_params).items()}
    return dict(parse_qsl(urlencode(values), keep_blank_values=True))


@st.composite
def states(draw: st.DrawFn) -> dict[str, Any]:
    state = {name: draw(VALUES[kind]) for name, kind in controls().items()}
    first, more = draw(st.integers(0, 18)), draw(st.integers(0, 5))
    strip = {"selected": first, "until": [first, first + more] if 0 < more < 20 - first else None}
    stages = ["0.2-percent", "1-percent", "12-percent", "as it is now"]
    beside = {"with": draw(st.sampled_from(["", "story-lstm", "story-gpt", "shakespeare-chars"]))}
    beside["with_text"] = draw(st.sampled_from(["", "Another text, ä &="]))
    beside |= {name: draw(st.sampled_from(stages)) for name in ("with_stage", "first_stage")}
    state |= beside
    click = {"selection": {"points": [{"x": draw(st.integers(0, 31)), "y": draw(st.integers(0, 13))}]}}
    state["chart"] = draw(st.sampled_from([click, {}, {"selection": {"points": []}}]))
    branch = draw(st.lists(st.integers(0, 3), max_size=4).map(lambda turns: "-".join(map(str, turns))))
    of = digest(draw(st.sampled_from([TREE, "a tree of an earlier text"])))
    state["tree"] = draw(st.sampled_from([{"held": {"of": of, "at": branch}}, {"held": None}, {}]))
    state["tokens"] = draw(st.sampled_from([{"selected": first}, {}]))
    return {**state, "strip": draw(st.sampled_from([strip, {}])), "text": draw(st.one_of(TYPED, LONG))}


def test_the_sources_name_the_controls_that_readers_meet():
    known = controls()
    assert {"method", "unit", "count", "shade", "watch", "methods", "insertion"} <= set(known)
    assert len(known) > 35


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(states())
def test_state_to_address_to_state_is_the_identity(state):
    before = opened({}, state)
    query = written(before)
    after = opened(query, {})
    for name in [*controls(), "text"]:
        if name == "text" and not address.room(state["text"]):
            continue
        assert after.session_state[name] == before.session_state[name], name
    for name in (*BESIDE, *SHOWN):
        held = [page.session_state.get(name) for page in (before, after)]
        assert held[0] == held[1], name
    assert written(after) == query


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(TYPED, LONG, st.text(max_size=400)))
def test_any_text_comes_back_from_an_address(text):
    spelt = {name: part for name, part in address.spelled(text).items() if part is not None}
    assert len(spelt) <= 1
    if spelt:
        assert address.read(spelt) == text


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=300))
def test_whatever_stands_for_a_packed_text_is_a_text_or_one_sentence(value):
    try:
        assert isinstance(address.read({address.PACKED: value}), str)
    except ValueError as fault:
        assert str(fault) in (address.BROKEN, address.TOO_LONG)


def packed(content: bytes) -> dict[str, str]:
    return {address.PACKED: base64.urlsafe_b64encode(content).decode().rstrip("=")}


def test_a_packed_text_that_would_fill_the_memory_is_refused_without_being_unpacked():
    bomb = zlib.compress(b"a" * 4_000_000, 9)  # 4 MB in 4 kB; as large as an address may hold
    assert len(bomb) < address.LONGEST * 3 / 4
    tracemalloc.start()
    started = time.perf_counter()
    with pytest.raises(ValueError, match="no link of ours"):
        address.read(packed(bomb))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * address.MOST and time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        zlib.compress(b"cut")[:-2],
        zlib.compress(b"more") + b"x",
        zlib.compress(b"\xff\xfe\xfa"),
        zlib.compress(b"half a character: \xed\xa0\x80"),
    ],
    ids=["empty", "no zlib", "cut short", "something behind it", "not UTF-8", "half a character"],
)
def test_a_damaged_packed_text_is_one_sentence(content):
    with pytest.raises(ValueError, match="damaged"):
        address.read(packed(content))


def test_a_long_text_is_packed_and_a_short_one_can_be_read():
    assert address.spelled("The keys") == {"text": "The keys", address.PACKED: None}
    long = "The keys to the old wooden cabinet are on the table. " * 200
    assert address.spelled(long)["text"] is None and len(address.spelled(long)[address.PACKED] or "") < 300
    assert not address.room(base64.b64encode(bytes(range(256)) * 40).decode()[::-1] + str(list(range(4000))))


def test_a_damaged_link_says_so_and_opens_the_first_example():
    page = opened({address.PACKED: "not-a-text"}, {})
    assert page.session_state["trouble"] == address.BROKEN
    assert page.session_state["text"] == "the first example"


def test_going_back_brings_a_packed_text_back():
    long = "An earlier text, and a long one. " * 100
    page = opened({}, {"text": "Now"})
    page.query_params[address.PACKED] = address.spelled(long)[address.PACKED] or ""
    del page.query_params["text"]
    page.run()
    assert page.session_state["text"] == long


def test_a_click_that_is_taken_back_is_gone_from_the_address_too():
    click = {"selection": {"points": [{"x": 3, "y": 2}]}}
    page = opened({}, {"chart": click})
    assert page.session_state["shown_place"] == (2, 3) and written(page)["place"] == "2-3"
    page.session_state["chart"] = {"selection": {"points": []}}
    page.run()
    assert page.session_state["shown_place"] is None and "place" not in written(page)


def test_no_page_gives_a_control_the_name_of_a_choice_of_every_page():
    """Two controls of one name would hand each other what was chosen."""
    assert not {*controls()} & {*BESIDE, "model", "text", "measure", "tour", "lesson", "step", "guess"}
