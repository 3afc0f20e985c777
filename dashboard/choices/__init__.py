"""What the reader has chosen. The only package that touches session state and the address."""

from dashboard.choices.address import link
from dashboard.choices.behind import forget_index, index, indexes, keep_index, put_behind
from dashboard.choices.controls import continue_with_bar, continue_with_pill, go_on, set_to, stop, stopped
from dashboard.choices.guided import (
    arriving,
    following,
    guess,
    guess_again,
    guessing,
    guide_file,
    guide_link,
    has_revealed,
    keep_guide,
    leave,
    marks,
    own_guide,
    present,
    presents,
    reveal,
    revealed,
    take_guide,
    take_up,
    written_guesses,
)
from dashboard.choices.own import job, keep_job, own_place, take_entry
from dashboard.choices.pairs import open_lens, open_pair
from dashboard.choices.picked import forget_picked, look_in_sentences, watch
from dashboard.choices.saved import open_view
from dashboard.choices.second import Second, choose_second, first, second, stages
from dashboard.choices.several import double, doubled
from dashboard.choices.shared import (
    among,
    anew,
    behind,
    choose_rival,
    clicked,
    column,
    handed_over,
    held,
    keep,
    keep_dials,
    keep_phrase,
    keep_stage,
    keep_word,
    method,
    model,
    number,
    offered_units,
    pasted,
    phrase,
    pick,
    picked,
    played,
    points,
    rival,
    several,
    stage,
    steps,
    switch,
    text,
    token,
    unit,
    uploaded,
    with_versus,
    word,
    written,
)
from dashboard.choices.sides import SideEnds, beside, end_page, fragment, group, is_second, key, side
from dashboard.choices.subject import (
    MEASURES,
    continue_with,
    examples,
    measure,
    open_model,
    open_next,
    sidebar,
    take_in,
    titles,
)
from dashboard.choices.texts import (
    OwnTexts,
    choose_bar,
    chosen_row,
    forget_texts,
    keep_texts,
    lines,
    own_texts,
    press_cell,
)
from dashboard.choices.trail import Trail, change_text, changed, follow, offered_texts, on_edit, trail
from dashboard.choices.units import kept, take_text, take_unit
from dashboard.choices.writing import dials, go_on_with

__all__ = [
    "MEASURES", "OwnTexts", "Second", "SideEnds", "Trail", "among", "anew", "arriving", "behind", "beside",
    "change_text", "changed", "choose_bar", "choose_rival", "choose_second", "chosen_row", "clicked",
    "column", "continue_with", "continue_with_bar", "continue_with_pill", "dials", "double", "doubled",
    "end_page", "examples", "first", "follow", "following", "forget_index", "forget_picked", "forget_texts",
    "fragment", "go_on", "go_on_with", "group", "guess", "guess_again", "guessing", "guide_file", "guide_link",
    "handed_over", "has_revealed", "held", "index", "indexes", "is_second", "job", "keep", "keep_dials",
    "keep_guide", "keep_index", "keep_job", "keep_phrase", "keep_stage", "keep_texts", "keep_word", "kept",
    "key", "leave", "lines", "link", "look_in_sentences", "marks", "measure", "method", "model", "number",
    "offered_texts", "offered_units", "on_edit", "open_lens", "open_model", "open_next", "open_pair",
    "open_view", "own_guide", "own_place", "own_texts", "pasted", "phrase", "pick", "picked", "played",
    "points", "present", "presents", "press_cell", "put_behind", "reveal", "revealed", "rival", "second",
    "set_to", "several", "side", "sidebar", "stage", "stages", "steps", "stop", "stopped", "switch",
    "take_entry", "take_guide", "take_in", "take_text", "take_unit", "take_up", "text", "titles", "token", "trail",
    "unit", "uploaded", "watch", "with_versus", "word", "written", "written_guesses",
]  # fmt: skip
