"""Any link: every name an address may hold, with junk: a page, or one sentence on it."""

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.choices import address
from dashboard.questions import QUESTIONS
from tests.dashboard.conftest import APP
from tests.dashboard.test_address import controls, opened
from tests.fuzz.amount import cases
from tests.fuzz.hostile import JUNK, damaged, texts
from tests.fuzz.payloads import MARKDOWN, MARKUP, SIGNS, TEMPLATES
from tests.fuzz.test_texts import sentence

OTHERS = (
    "text",
    "packed",
    "model",
    "measure",
    "word",
    "until",
    "rival",
    "stage",
    "job",
    "index",
    "behind",
    "dials",
    "with",
    "with_text",
    "with_stage",
    "first_stage",
    "token",
    "place",
    "patched",
    "cell",
    "pair",
    "row",
    "branch",
    "removed",
    "factor",
    "pinned",
    "carried",
    "lesson",
    "step",
)
NAMES = st.one_of(st.sampled_from(sorted({*controls(), *OTHERS})), st.text(max_size=8))


def as_sent(value: object) -> str:
    """A value as a browser's address can hold it: no half characters."""
    return str(value)[:4000].encode(errors="replace").decode()


JUNK_LINKS = st.dictionaries(NAMES.map(as_sent), st.one_of(JUNK, texts(3000)).map(as_sent), max_size=8)
PACKED = st.one_of(
    texts(5000).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=300),
    st.sampled_from([b"a" * 10**7, b"\xed\xa0\x80", b"\x00" * 10**6]),
)


@cases(150, seconds=1.0)
@given(st.data(), PACKED)
def test_any_packed_text_is_a_text_or_a_sentence(data: st.DataObject, held: bytes):
    written = zlib.compress(held, 9)
    if data.draw(st.booleans()):
        written = data.draw(damaged(written))
    spelt = base64.urlsafe_b64encode(written).decode().rstrip("=")
    try:
        found = address.read({address.PACKED: spelt})
    except ValueError as refusal:
        assert sentence(refusal) in (address.BROKEN, address.TOO_LONG)
        return
    assert found is not None and len(found) <= address.MOST
    found.encode()


@cases(8, seconds=8.0)
@given(JUNK_LINKS)
def test_every_control_takes_any_link(link: dict[str, str]):
    opened({name: value for name, value in link.items() if name}, {})


VIEWS = [page.file for page in QUESTIONS]
MODELS = ("sst-average", "story-gpt", "induction-2l", "shakespeare-chars")
GROUPS = 6
WORST = " ".join(
    (MARKUP[2], MARKUP[7], MARKDOWN[0], TEMPLATES[0], *SIGNS[14:20])
)  # the one case of `make test`
CHOSEN = {
    "word": "-1", "unit": MARKUP[2], "look": "own", "words": "texts", "other": WORST[:40], "place": "0-0-0",
    "branch": "0-9-0", "removed": "-1-back-greedy", "factor": "0", "pinned": "9e9-x.y",
    "token": "1e9", "with": MARKUP[0], "dials": "nan,nan,nan,nan", "count": "10", "lesson": "own", "carried": "A",
}  # fmt: skip


@pytest.mark.parametrize("group", range(GROUPS), ids=lambda group: "-".join(VIEWS[group::GROUPS]))
@cases(1, seconds=60.0)
@given(
    st.data(),
    st.one_of(st.just(WORST), texts(200)).map(as_sent),
    JUNK_LINKS.map(lambda link: {**CHOSEN, **link}),
)
def test_every_page_opens_with_any_link(group: int, data: st.DataObject, text: str, link: dict[str, str]):
    model = data.draw(st.sampled_from([MODELS[group % len(MODELS)], *MODELS]))
    page = AppTest.from_file(str(APP), default_timeout=120)
    for name, value in {**link, "model": model, "text": text}.items():
        if name:
            page.query_params[name] = value
    page.run()
    for view in VIEWS[group::GROUPS]:
        page = page if view == "next_words" else page.switch_page(f"views/{view}.py").run()
        assert not page.exception, (view, page.exception[0].message)
        shown = "\n".join(element.proto.body for element in page.get("html"))
        assert "Traceback" not in shown and "made a mistake" not in shown, view
        assert 'class="question"' in shown, f"{view} was not drawn"
