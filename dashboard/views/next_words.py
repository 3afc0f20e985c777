"""What does it say? Next words, words for gaps, or a class, as the model's task is."""

from dashboard import choices, frame, shelf
from dashboard.panels import classes, gaps, next_word

panel = {"causal": next_word, "masked": gaps, "classify": classes}[shelf.task(choices.model())]
frame.asks(panel.ASKS)
panel.show()
