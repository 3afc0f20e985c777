"""Do the scores add up? A bar under the map of integrated gradients, and a button that takes more steps."""

from html import escape
from typing import Any

import streamlit as st

from dashboard import answers, choices, frame
from dashboard.interface import says

METHOD = "integrated_gradients"
BLANKS = {
    "zero": says("completeness.zeros"),
    "mean": says("completeness.the-mean-word"),
    "pad": says("completeness.filling-pieces"),
}
STEPS, MOST = 512, 4096  # a map's steps at most, unless raised; and how far they can be


def settings(method: str) -> dict[str, Any]:
    """What the reader chose for integrated gradients, where it is not the usual; nothing for others."""
    if method != METHOD:
        return {}
    blank = choices.pick("baseline", says("completeness.what-a-blank-text"), BLANKS)
    most = choices.doubled("steps", STEPS, MOST)
    usual = {"baseline": "zero", "most_steps": STEPS}
    chosen = {"baseline": blank, "most_steps": most}
    return {name: value for name, value in chosen.items() if value != usual[name]}


def show(target: str, chosen: dict[str, Any]) -> None:
    """The bar, the sentence, the gap by steps, and the button where the gap is too large."""
    most = chosen.get("most_steps", STEPS)
    found = answers.part("completeness", target=target, baseline=chosen.get("baseline", "zero"), most=most)
    if found is None:
        return
    share = max(0.0, 100 - float(found.values[-1]))
    sentence = escape(found.in_words())
    st.html(
        f'<p class="meta"><meter min="0" max="100" low="90" high="99" optimum="100" value="{share:.2f}">'
        f"{share:.0f}\u00a0%</meter> {sentence}</p>"
    )
    if not found.check.passed:
        st.button(
            says("completeness.raise-steps"),
            on_click=choices.double,
            args=("steps", STEPS, MOST),
            disabled=2 * most > MOST,
        )
    with st.expander(says("completeness.the-gap-by-steps")):
        st.html(_table(found))


def _table(found: Any) -> str:
    """Steps, sum and gap, as rows."""
    head = (
        f"<tr>{frame.heads('completeness.steps', 'completeness.sum-of-the-scores', 'completeness.gap')}</tr>"
    )
    rows = zip(found.steps.tolist(), found.sums.tolist(), found.values.tolist(), strict=True)
    body = "".join(f"<tr><td>{n}</td><td>{s:.4f}</td><td>{gap:.3g}\u00a0%</td></tr>" for n, s, gap in rows)
    return f'<div class="scrolls"><table>{head}{body}</table></div>'
