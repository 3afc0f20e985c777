"""Storyland: tales from our own probabilistic grammar, with the cause and the probability of every word.

A world whose truth is known. Names, things, places and numbers told once come back and must be copied;
verbs agree with their subject across up to four nouns of the other number and across relative clauses; a
pronoun can mean one being only; what is opened is closed. Each `Word` says which earlier words fix it
(`causes`) and the exact logarithm of its probability given everything before it, so that the mean of its
negative over a story is the grammar's own entropy per token: no model can do better in the long run.

Exact because the grammar draws nothing but words and never offers one word twice (see `storyland_teller.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import WordLevel

from models.refusals import Refusal
from models.train.storyland_grammar import story
from models.train.storyland_phrases import MOST_BETWEEN as MOST_ATTRACTORS
from models.train.storyland_teller import Choice, Draw, Ended, Follow, NotAStory, Teller, Word, shares
from models.train.storyland_words import every_word, other_numbers

START, UNKNOWN, PAD = "<|start|>", "<unk>", "<pad>"
SPECIAL = (START, UNKNOWN, PAD)
_OTHER = other_numbers()
_NO_SPACE_BEFORE, _NO_SPACE_BEHIND = frozenset(".,?!)]"), frozenset("([")


@dataclass(frozen=True, kw_only=True)
class Story:
    """One tale, word by word."""

    tokens: tuple[Word, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The words alone."""
        return tuple([token.word for token in self.tokens])

    @property
    def entropy_nats(self) -> float:
        """Minus the logarithm of the story's probability, summed over its tokens."""
        return -sum(token.logprob_nats for token in self.tokens)


@dataclass(frozen=True, kw_only=True)
class AgreementPair:
    """The beginning of a story up to a verb, the verb that agrees there and the one that does not."""

    prefix: str
    right: str
    wrong: str


def vocabulary() -> tuple[str, ...]:
    """Every word a story may hold, each once, always in the same order."""
    return every_word()


def tell(rng: np.random.Generator) -> Story:
    """One story drawn from the grammar."""
    teller = Teller(Draw(rng))
    story(teller)
    return Story(tokens=tuple(teller.words))


def stories(seed: int, count: int) -> Iterator[Story]:
    """`count` stories; story number i of a seed is always the same. Refuses negative numbers."""
    _natural(seed=seed, count=count)
    return (tell(np.random.default_rng((seed, number))) for number in range(count))


def derive(words: Sequence[str]) -> Story:
    """The story told by these words: causes and probabilities found again from the words alone.

    A story that breaks off is taken as far as it goes. Refuses words the grammar cannot have written
    (`NotAStory`).
    """
    return _follow(words)[0]


def next_words(words: Sequence[str]) -> dict[str, float]:
    """The exact distribution of the next word behind these words; empty behind a whole story."""
    offer = _follow(words)[1]
    return shares(offer) if offer else {}


def _follow(words: Sequence[str]) -> tuple[Story, Sequence[Choice]]:
    teller, offer = Teller(Follow(words)), ()
    try:
        story(teller)
        if len(teller.words) < len(words):
            raise NotAStory(f"The story ends at word {len(teller.words)}: leave out what follows.")
    except Ended as ended:
        offer = ended.offer
    return Story(tokens=tuple(teller.words)), offer


def text(told: Story) -> str:
    """The story as people type it: marks stand at their words, quotation marks and brackets too."""
    return typed(told.words)


def typed(words: Sequence[str]) -> str:
    """Words of a story, or of its beginning, as people type them."""
    written: list[str] = []
    quoted = glued = False
    for word in words:
        closes = word == '"' and quoted
        if written and not glued and not closes and word not in _NO_SPACE_BEFORE:
            written.append(" ")
        written.append(word)
        glued = word in _NO_SPACE_BEHIND or (word == '"' and not quoted)
        quoted ^= word == '"'
    return "".join(written)


def tokenizer() -> Tokenizer:
    """One token per word of a story; anything else is `<unk>`. `<|start|>` is 0, `<unk>` 1, `<pad>` 2.

    Spans leave out the space before a word; a single token is written back with it.
    """
    numbers = {word: number for number, word in enumerate((*SPECIAL, *vocabulary()))}
    cutter = Tokenizer(WordLevel(numbers, unk_token=UNKNOWN))
    cutter.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("isolated")]
    )
    cutter.decoder = decoders.Replace(Regex("^(?=[A-Za-z])"), " ")
    cutter.add_special_tokens(list(SPECIAL))
    return cutter


class _Steered(Draw):
    """Draws a story until a description begins, then puts nouns of the other number before its verb."""

    def __init__(self, rng: np.random.Generator, wanted: int):
        super().__init__(rng)
        self._left, self._plural, self.found = wanted, False, False
        self._describing = False

    def __call__(self, offer: Sequence[Choice]) -> tuple[Choice, str]:
        if self.found:
            raise Ended(offer)
        kinds = {choice.kind for choice in offer}
        if not self._describing and "single place" in kinds:
            choice, word = super().__call__(
                [c for c in offer if not c.kind.startswith(("counted", "placed"))]
            )
            self._describing, self._plural = True, "plural" in choice.kind
            return choice, word
        if self._describing:
            offer = self._wanted(offer, kinds)
        choice, word = super().__call__(offer)
        self.found = self._describing and choice.phenomenon == "agreement"
        self._left -= choice.kind == "between"
        return choice, word

    def _wanted(self, offer: Sequence[Choice], kinds: set[str]) -> Sequence[Choice]:
        if "single" in kinds:
            other = "single" if self._plural else "plural"
            return [choice for choice in offer if choice.kind.startswith(other)]
        if self._left and "between" in kinds:
            return [choice for choice in offer if choice.kind == "between"]
        verbs = [choice for choice in offer if choice.phenomenon == "agreement"]
        return verbs or offer


def agreement_pairs(seed: int, count: int, attractors: int) -> Iterator[AgreementPair]:
    """Minimal pairs: stories up to a verb, exactly `attractors` nouns before it, all of the other number.

    The nouns stand in phrases (`the keys to the cabinet near the gate`). Pair number i of a seed is always
    the same. Refuses negative numbers and more than 4 attractors.
    """
    _natural(seed=seed, count=count, attractors=attractors)
    if attractors > MOST_ATTRACTORS:
        raise Refusal(f"At most {MOST_ATTRACTORS} nouns stand before a verb, not {attractors}: ask for less.")
    return (_pair(np.random.default_rng((seed, number, attractors)), attractors) for number in range(count))


def _pair(rng: np.random.Generator, attractors: int) -> AgreementPair:
    while True:
        decide = _Steered(rng, attractors)
        teller = Teller(decide)
        try:
            story(teller)
        except Ended:
            verb = teller.words[-1].word
            return AgreementPair(
                prefix=typed([w.word for w in teller.words[:-1]]), right=verb, wrong=other(verb)
            )


def other(verb: str) -> str:
    """The same verb in the other number; refuses words that are no verb with two."""
    if verb not in _OTHER:
        raise Refusal(f"{verb!r} is no verb of Storyland with two numbers: choose one such as 'sings'.")
    return _OTHER[verb]


def _natural(**numbers: int) -> None:
    for name, number in numbers.items():
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise Refusal(f"{name} must be a whole number from 0, not {number!r}: choose another.")
