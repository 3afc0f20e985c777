"""What readers ask for: views, models and texts, drawn with a seed; every text holds a word of its reader alone."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

VIEWS = {  # how often each is opened, out of 100; studies of minutes are started on purpose, not by passing
    "next": 25, "saliency": 20, "attention": 8, "decided": 6, "unit": 6, "memory": 5, "anatomy": 4, "select": 3,
    "factors": 4, "words": 3, "write": 5, "ablate": 2, "grammar": 2, "trust": 2, "stories": 2, "own": 1, "train": 1,
    "behind": 1,
}  # fmt: skip
METHODS = ("gradient_times_input", "gradient_norm", "integrated_gradients", "leave_one_out", "deep_lift")
MODELS = {
    "wiki-lstm": 30, "reviews-gpt": 30, "reviews-lstm": 8, "reviews-bert-sentiment": 6,
    "reviews-lstm-sentiment": 8, "sst-attention": 6, "shakespeare-chars": 6, "reviews-lite": 6,
}  # fmt: skip
SYLLABLES = ("ba", "do", "fi", "gu", "ke", "lo", "mi", "nu", "pa", "ri", "so", "ta", "vu", "wi", "ze")
OPENINGS = (
    "I wanted to like this film, and the {} half is not bad, but",
    "The town of {} lies on the eastern bank of the river, and",
    "The keys to the old cabinet of {} were lost when",
    "When {} came home in the evening, the dog",
    "The best thing about {} is the acting, and the lead actress",
    "In the nineteenth century the family of {} was known for",
)
ENDINGS = (
    "the ending was", "nobody could say why it", "the story goes on until the", "everyone in the room said that",
    "the music is as dull as the",
)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """A view with what is chosen in it."""

    view: str
    choices: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.view} {dict(self.choices)}"


def mark(seed: int, reader: int) -> str:
    """A made-up word that stands in this reader's texts and in no other's; five syllables never come by chance."""
    lots = random.Random(f"{seed} mark {reader}")
    said = "".join(lots.choices(SYLLABLES, k=5))
    return f"{said}{SYLLABLES[reader % 15]}{SYLLABLES[reader // 15 % 15]}"


def sittings(seed: int, reader: int) -> Iterator[tuple[Visit, ...]]:
    """Without end: a model and a text, looked at in several views in one window."""
    lots = random.Random(f"{seed} visits {reader}")
    while True:
        model = lots.choices(list(MODELS), list(MODELS.values()))[0]
        opening, ending = lots.choice(OPENINGS), lots.choice(ENDINGS)
        asked = {"model": model, "text": f"{opening.format(mark(seed, reader))} {ending}"}
        views = lots.choices(list(VIEWS), list(VIEWS.values()), k=lots.randint(2, 6))
        yield tuple(
            Visit(
                view,
                tuple((asked | ({"method": lots.choice(METHODS)} if view == "saliency" else {})).items()),
            )
            for view in views
        )
