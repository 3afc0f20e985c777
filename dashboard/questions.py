"""The pages: which question each one answers, where its file is, and under which heading it stands."""

from dataclasses import dataclass

from dashboard.interface import says


@dataclass(frozen=True)
class Question:
    """One page of the dashboard; what it is called is in assets/texts/interface."""

    heading: str  # the group, by its name there
    file: str  # of views/
    icon: str
    path: str  # in the address

    @property
    def title(self) -> str:
        """The page in the menu: a question, as a rule."""
        return says(f"pages.{self.path}")

    @property
    def group(self) -> str:
        """Under which heading of the menu it stands."""
        return says(f"groups.{self.heading}")


QUESTIONS = (
    Question("guesses", "next_words", "text_fields", "next"),
    Question("guesses", "generate", "edit_note", "write"),
    Question("guesses", "across_texts", "table_view", "across-texts"),
    Question("causes", "saliency", "target", "saliency"),
    Question("causes", "trust_league", "verified", "trust"),
    Question("causes", "over_texts", "library_books", "over-texts"),
    Question("attention", "attention", "visibility_lock", "attention"),
    Question("attention", "lab", "experiment", "lab"),
    Question("attention", "reach", "straighten", "reach"),
    Question("grammar", "grammar", "rule", "grammar"),
    Question("inside", "decided", "layers", "decided"),
    Question("inside", "words", "bubble_chart", "words"),
    Question("units", "unit", "visibility", "unit"),
    Question("units", "select_units", "ink_highlighter", "select"),
    Question("units", "factors", "stacked_line_chart", "factors"),
    Question("units", "memory", "memory", "memory"),
    Question("units", "ablate", "toggle_off", "ablate"),
    Question("units", "behind", "manage_search", "behind"),
    Question("model", "anatomy", "construction", "anatomy"),
    Question("model", "compare", "compare_arrows", "compare"),
    Question("model", "stages", "history", "stages"),
    Question("model", "training", "school", "train"),
    Question("model", "own_model", "folder_open", "own"),
    Question("stories", "stories", "auto_stories", "stories"),
)
WITHOUT_TEXT = ("trust", "train", "own", "behind", "across-texts", "stories")  # whatever the text is
SPLITS = (
    "next",
    "saliency",
    "attention",
    "reach",
    "grammar",
    "decided",
    "words",
    "unit",
    "factors",
    "memory",
    "ablate",
)  # pages that show two sides
COMPARES = "compare"  # the page that is about two sides
EXPLAINS = ("saliency",)  # the pages that explain a number, which is chosen in the side bar
