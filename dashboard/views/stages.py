"""What changed while it learned? The stages of a training, side by side under a slider."""

from dashboard import answers, choices, frame, shelf
from dashboard.panels import stages

frame.asks("stages")
name = choices.model()
found = answers.ask("stages", text=choices.text(), place=shelf.whereabouts(name))
frame.answer(found.in_words(), found)
stages.slider(found)
stages.curve(found)
stages.heads(found)
frame.check(found)
frame.notes("stages")
