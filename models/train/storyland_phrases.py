"""What Storyland's sentences are made of: who it is about, what is said of it, asides in brackets, tails."""

from models.train.storyland_tale import Person, Subject, Tale
from models.train.storyland_teller import Choice, Phenomenon, only
from models.train.storyland_words import (
    ADJECTIVES,
    ADVERBS,
    ANIMALS,
    BE,
    BETWEEN,
    HAVE_SEEMING,
    IN_PLACE,
    MOODS,
    PLACES,
    PLAIN,
    SELF,
    STAND,
    TEND,
    THINGS,
)

MOST_BETWEEN = 4  # nouns between a subject and its verb


def plain(word: str, weight: float = 1.0) -> Choice:
    """One word with nothing that fixes it; its kind is the word."""
    return Choice(word, only(word), weight)


def closing(word: str, opened: int, weight: float) -> Choice:
    """The mark that closes what was opened at `opened`."""
    phenomenon: Phenomenon = "closing_quote" if word == '"' else "closing_bracket"
    return Choice(word, only(word), weight, phenomenon, (opened,))


def both(tale: Tale, first: Person) -> Subject:
    """Behind "Mia and": the second name; the two are one plural subject."""
    start = tale.teller.here - 2
    offer = tale.offer_names(1.0, but=(first,))
    if len(tale.cast) == 1:
        offer = [tale.offer_new_names(1.0)]
    second = tale.said_name(tale.teller.say(*offer))
    tale.nouns.append((start + 1, True, False))
    return Subject(at=(start, start + 1, start + 2), plural=True, pronoun="they", people=(first, second))


# The keys to the cabinet near the gates


def heads(tale: Tale) -> list[Choice]:
    """Behind "the": what a description may be about."""
    barred = ANIMALS.both(tale.flock.single) if tale.flock else ()
    return [
        Choice("single thing", THINGS.single, 3, barred=tale.known),
        Choice("plural thing", THINGS.plural, 3, barred=tale.known),
        Choice("single place", PLACES.single, 2),
        Choice("plural place", PLACES.plural, 2),
        Choice("single animal", ANIMALS.single, 1.5, barred=barred),
        Choice("plural animal", ANIMALS.plural, 1.5, barred=barred),
    ]


def subject_here(tale: Tale, alive: bool) -> Subject:
    """The noun just told, as a subject."""
    at, plural, _ = tale.nouns[-1]
    return Subject(at=(at,), plural=plural, pronoun="they" if plural else "it", alive=alive)


def modified(tale: Tale, subject: Subject) -> tuple[Subject, str]:
    """Up to four nouns in phrases and clauses, then the verb that agrees across them."""
    between, related = 0, False
    while True:
        offer = [
            tale.agree(subject, "be", BE, 3),
            tale.agree(subject, "seem", HAVE_SEEMING, 1),
            tale.agree(subject, "stand", STAND, 1),
        ]
        if subject.alive:
            offer.append(tale.agree(subject, "plain", PLAIN, 2))
            if tale.pronoun(subject):
                offer.append(tale.agree(subject, "self", SELF, 1))
        if between < MOST_BETWEEN and not related:
            offer.append(Choice("between", BETWEEN, 6 if between else 7))
        if between < MOST_BETWEEN - 1 and not related:
            offer.append(plain("that", 1))
        kind = tale.teller.say(*offer)
        if kind == "between":
            attractor(tale)
            between += 1
        elif kind == "that":
            relative(tale, subject)
            related = True
        else:
            return subject, kind


def attractor(tale: Tale) -> None:
    """The table, the tables, the coin: a noun on the way."""
    tale.teller.words_in_a_row("the")
    tale.say_noun(
        Choice("single", PLACES.single, 1),
        Choice("plural", PLACES.plural, 1),
        Choice("single thing", THINGS.single, 1, barred=tale.known),
        Choice("plural thing", THINGS.plural, 1, barred=tale.known),
    )


def relative(tale: Tale, subject: Subject) -> None:
    """Behind "that": what the subject does, or what an animal does to it."""
    if tale.teller.say(tale.agree(subject, "stand", STAND, 1), plain("the", 1)) == "stand":
        tale.teller.say(Choice("in place", IN_PLACE))
        attractor(tale)
        return
    barred = ANIMALS.both(tale.flock.single) if tale.flock else ()
    tale.say_noun(
        Choice("single animal", ANIMALS.single, 1, barred=barred),
        Choice("plural animal", ANIMALS.plural, 1, barred=barred),
    )
    tale.teller.say(tale.agree(subject_here(tale, alive=True), "tend", TEND))


def said_of(tale: Tale, subject: Subject, verb: str) -> None:
    """What follows the verb of a description, up to the end of the sentence."""
    if verb in ("be", "seem"):
        tale.teller.say(Choice("quality", ADJECTIVES))
    elif verb == "stand":
        tale.teller.say(Choice("in place", IN_PLACE))
        attractor(tale)
    elif verb == "self":
        tale.say_self(subject)


def tail(tale: Tale, subject: Subject, mood: bool = False) -> None:
    """The end of a sentence: at once, or behind a reason, a second half or an aside.

    `mood`: the sentence has said how the subject is, so the reason is something it does.
    """
    offer = [plain(".", 6), plain("(", 0.8)]
    named = bool(tale.pronoun(subject))
    if named:
        offer.append(plain(",", 1.2))
        if subject.alive:
            offer.append(plain("because", 1.2))
    kind = tale.teller.say(*offer)
    if kind in (",", "because"):
        if kind == ",":
            tale.teller.words_in_a_row("and")
        tale.teller.say(tale.offer_pronoun(subject))
        once_more(tale, tale.again(subject), be=not (mood and kind == "because"), do=mood or kind == ",")
        kind = tale.teller.say(plain(".", 6), plain("(", 0.8))
    if kind == "(":
        aside(tale)
        tale.teller.say(plain("."))
    tale.nouns.clear()


def once_more(tale: Tale, subject: Subject, be: bool, do: bool) -> None:
    """Behind a pronoun: the verb that agrees with it, and a mood or quality."""
    offer = [tale.agree(subject, "be", BE)] if be or not subject.alive else []
    if do and subject.alive:
        offer.append(tale.agree(subject, "plain", PLAIN))
    if tale.teller.say(*offer) == "be":
        tale.teller.say(Choice("quality", MOODS if subject.alive else ADJECTIVES))


# (here at last [or nearly])


def aside(tale: Tale) -> None:
    """Behind "(": something by the way, perhaps with another aside in it, and the mark that closes it."""
    opened = tale.teller.here - 1
    more = Choice("more", ADVERBS)
    if tale.teller.say(Choice("adverb", ADVERBS, 2), plain("the", 1)) == "the":
        tale.say_noun(Choice("single", PLACES.single), Choice("plural", PLACES.plural))
        tale.teller.say(tale.agree(subject_here(tale, alive=False), "be", BE))
        more = Choice("more", ADJECTIVES)
        tale.teller.say(more)
    kind = tale.teller.say(closing(")", opened, 3), plain("[", 1), plain("and", 1))
    if kind == "and":
        tale.teller.say(more)
        kind = tale.teller.say(closing(")", opened, 3), plain("[", 1))
    if kind == "[":
        inner = tale.teller.here - 1
        like = tale.teller.say(Choice("adverb", ADVERBS, 2), plain("like", 1))
        if like == "like":
            tale.said_name(tale.teller.say(*tale.offer_names(1.0)))
        if tale.teller.say(closing("]", inner, 3), plain("and", 1)) == "and":
            tale.teller.say(Choice("more", ADVERBS))
            tale.teller.say(closing("]", inner, 1))
        tale.teller.say(closing(")", opened, 1))
