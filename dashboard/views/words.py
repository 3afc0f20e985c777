"""Which words does it think alike? A map of its words, who is near in truth, words in sentences, other models."""

from dashboard import choices, frame
from dashboard.interface import says
from dashboard.panels import words, words_compared, words_inside, words_texts

frame.asks("words")
looks = {**words.LOOKS, **words_inside.LOOKS, **words_compared.LOOKS, **words_texts.LOOKS}
look = choices.pick(
    "words", says("view-words.look-at"), {name: title for name, (title, _) in looks.items()}, named=False
)
looks[look][1]()
