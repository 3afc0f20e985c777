"""What the reader has chosen. The only package that touches session state and the address."""

from dashboard.choices.address import end_page, link
from dashboard.choices.behind import behind, forget_index, index, indexes, keep_index, put_behind
from dashboard.choices.controls import (
    among,
    choose_rival,
    continue_with_bar,
    continue_with_pill,
    go_on,
    keep_stage,
    keep_word,
    method,
    number,
    pick,
    played,
    rival,
    set_to,
    stage,
    stop,
    stopped,
    switch,
    word,
    written,
)
from dashboard.choices.own import job, keep_job, own_place, take_entry
from dashboard.choices.pairs import open_lens, open_pair, with_versus
from dashboard.choices.picked import forget_picked, look_in_sentences, picked, watch
from dashboard.choices.saved import open_view
from dashboard.choices.several import double, doubled, keep_phrase, phrase, several
from dashboard.choices.subject import (
    MEASURES,
    continue_with,
    examples,
    measure,
    model,
    open_model,
    open_next,
    sidebar,
    take_in,
    text,
    titles,
)
from dashboard.choices.texts import (
    OwnTexts,
    choose_bar,
    chosen_row,
    column,
    forget_texts,
    keep_texts,
    own_texts,
    pasted,
    press_cell,
    uploaded,
)
from dashboard.choices.units import keep, kept, offered_units, steps, take_text, take_unit, unit
from dashboard.choices.writing import dials, go_on_with, keep_dials

__all__ = [
    "MEASURES", "OwnTexts", "among", "behind", "choose_bar", "choose_rival", "chosen_row", "column",
    "continue_with", "continue_with_bar", "continue_with_pill", "dials", "double", "doubled",
    "end_page", "examples", "forget_index", "forget_picked", "forget_texts", "go_on", "go_on_with",
    "index", "indexes", "job", "keep", "keep_dials", "keep_index", "keep_job", "keep_phrase",
    "keep_stage", "keep_texts", "keep_word", "kept", "link", "look_in_sentences", "measure",
    "method", "model", "number", "offered_units", "open_lens", "open_model", "open_next",
    "open_pair", "open_view", "own_place", "own_texts", "pasted", "phrase", "pick", "picked",
    "played", "press_cell", "put_behind", "rival", "set_to", "several", "sidebar", "stage", "steps",
    "stop", "stopped", "switch", "take_entry", "take_in", "take_text", "take_unit", "text",
    "titles", "unit", "uploaded", "watch", "with_versus", "word", "written",
]  # fmt: skip
