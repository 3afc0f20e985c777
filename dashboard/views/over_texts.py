"""Which words push a class? Many texts at once: words on average, where they stand, and the worst mistakes."""

from dashboard import choices, frame, shelf
from dashboard.interface import says
from dashboard.panels import over_texts

frame.asks("over-texts")
card = shelf.card(choices.model())
if card.task != "classify":
    frame.notice(
        says("view-over-texts.names-no-class-so-no", name=card.name),
        says("view-over-texts.choose-one-that-does", judges=", ".join(over_texts.judges())),
    )
else:
    found = over_texts.asked(card.classes)
    over_texts.words(found)
    over_texts.occurrences(found)
    over_texts.mistakes(found)
    frame.check(found)
    frame.notes("over_texts")
