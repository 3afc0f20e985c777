"""What does it say? Next words, words for gaps, or a class, as the model's task is."""

from dashboard import cached, choices, frame
from dashboard.panels import classes, gaps, next_word

panel = {"causal": next_word, "masked": gaps, "classify": classes}[cached.task(choices.model())]
frame.question(panel.TITLE)
panel.show()
