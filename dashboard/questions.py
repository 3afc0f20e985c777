"""The pages: which question each one answers, where its file is, and under which heading it stands."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One page of the dashboard."""

    group: str
    file: str  # of views/
    title: str
    icon: str
    path: str  # in the address


QUESTIONS = (
    Question("Guesses", "next_words", "What comes next?", "text_fields", "next"),
    Question("Guesses", "generate", "What would it write?", "edit_note", "write"),
    Question("Guesses", "across_texts", "How does it do on my texts?", "table_view", "across-texts"),
    Question("Causes", "saliency", "Which words led to this one?", "target", "saliency"),
    Question("Causes", "trust_league", "Can I trust this map?", "verified", "trust"),
    Question("Causes", "over_texts", "Which words push a class?", "library_books", "over-texts"),
    Question("Attention", "attention", "Where does it look?", "visibility_lock", "attention"),
    Question("Attention", "lab", "Is attention an explanation?", "experiment", "lab"),
    Question("Attention", "reach", "How far does it look?", "straighten", "reach"),
    Question("Grammar", "grammar", "Has it learned grammar?", "rule", "grammar"),
    Question("Inside", "decided", "When did it decide?", "layers", "decided"),
    Question("Inside", "words", "Which words does it think alike?", "bubble_chart", "words"),
    Question("Units", "unit", "What does one unit watch for?", "visibility", "unit"),
    Question("Units", "select_units", "Which units know these words?", "ink_highlighter", "select"),
    Question("Units", "factors", "Which units work together?", "stacked_line_chart", "factors"),
    Question("Units", "memory", "What does the LSTM remember?", "memory", "memory"),
    Question("Units", "ablate", "What if a unit is off?", "toggle_off", "ablate"),
    Question("Units", "behind", "Which texts stand behind a unit?", "manage_search", "behind"),
    Question("Model", "anatomy", "How is it built?", "construction", "anatomy"),
    Question("Model", "compare", "What differs?", "compare_arrows", "compare"),
    Question("Model", "stages", "What changed while it learned?", "history", "stages"),
    Question("Model", "training", "Train one yourself", "school", "train"),
    Question("Model", "own_model", "Open a model of your own", "folder_open", "own"),
    Question("Stories", "stories", "Where to begin?", "auto_stories", "stories"),
)
WITHOUT_TEXT = ("trust", "train", "own", "behind", "across-texts", "stories")  # whatever the text is
SPLITS = (
    "next",
    "saliency",
    "attention",
    "decided",
    "unit",
    "factors",
    "memory",
)  # pages that show two sides
COMPARES = "compare"  # the page that is about two sides
EXPLAINS = ("saliency",)  # the pages that explain a number, which is chosen in the side bar
