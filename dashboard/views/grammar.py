"""Has it learned grammar? Every model on every rule, and where, how and with which sentences one fails."""

from dashboard import choices, frame
from dashboard.interface import says
from dashboard.panels import grammar, grammar_inside, grammar_pairs

frame.asks("grammar")
found = grammar.of_model()
if found is not None:
    grammar.answer(found)
grammar.table(found)
if found is not None:
    frame.check(found)
    looks = {**grammar.LOOKS, **grammar_pairs.LOOKS, **grammar_inside.LOOKS}
    look = choices.pick(
        "look", says("view-grammar.look-closer"), {name: title for name, (title, _) in looks.items()}
    )
    looks[look][1](found)
frame.notes("grammar", found=found)
