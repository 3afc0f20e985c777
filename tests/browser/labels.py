"""Labels and options that hold somebody else's words, for test_literal.py: `streamlit run` draws them."""

import streamlit as st

from dashboard.literal import literal

WORDS = [
    "**bold** _it_ ~~no~~ `code`", "[x](http://evil.example/) ![y](http://evil.example/z.png)",
    "http://evil.example/", "www.evil.example", "me@evil.example", "$\\LaTeX$ and $$x^2$$",
    ":material/home: :streamlit: :material_home:",
    ":smile: :red[red] :blue-background[b] :small[s] :shimmer[x]",
    "<script>window.hacked=1</script><b>x</b> &amp; &lt;", "# a", "1. one", "- a", "+ a", "> a", "    ####",
    "a  b", "---", "a -> b <- c -- d >= e <= f ~= g", "|a|b|", "\\*", "```", "a[^1]", "line\nline",
    "ذهب الولد", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "a\x07b",
]  # fmt: skip

if __name__ == "__main__":
    st.pills("Pills", WORDS, format_func=literal, key="pills")
    st.segmented_control("Row", WORDS, format_func=literal, key="row")
    st.selectbox("List", WORDS, key="list")
    for at, word in enumerate(WORDS):
        st.button(literal(word), key=f"button-{at}")
    st.progress(0.5, text=literal(WORDS[0]))
