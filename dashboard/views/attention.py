"""Where does it look? All heads at a glance, one or several in detail, and what each does."""

import streamlit as st

from dashboard import frame
from dashboard.panels import attention, attention_detail

frame.asks("attention")
if attention.can_be_seen():
    answer = st.container()  # filled when it is known what the reader wants to see
    kind, found = attention.maps()
    known = attention.roles()
    with answer:
        attention.answer(found, known)
    attention.picture(kind, found, known)
    attention.importance()
    attention_detail.identity()
    frame.notes(found.method, "once" if len(found.askers) == 1 else "causal", found)
