"""Storyland's sentences. Every function tells words through `Teller.say`; nothing else decides anything."""

from collections.abc import Callable

from models.train.storyland_deeds import act
from models.train.storyland_phrases import both, heads, modified, plain, said_of, subject_here, tail
from models.train.storyland_speech import answer, quote
from models.train.storyland_tale import MOST_PEOPLE, Flock, Subject, Tale
from models.train.storyland_teller import Choice, Teller, only
from models.train.storyland_words import (
    ANIMALS,
    BIG_NUMBERS,
    COUNTS,
    ENTER,
    GATHER,
    IN_PLACE,
    LEAVE,
    LIVE,
    PLACES,
    TIMES,
)

EARLIEST_END, LATEST_END = 52, 84  # tokens behind which a story may begin its last sentence, and must


def story(teller: Teller) -> None:
    """A whole story: somebody lives somewhere; things happen; that is the end."""
    tale = Tale(teller=teller)
    opening(tale)
    while not tale.ended:
        if tale.asked:
            answer(tale, *tale.asked)
        else:
            sentence(tale)


def opening(tale: Tale) -> None:
    """Mia and Tom live near the mill."""
    first = tale.said_name(tale.teller.say(tale.offer_new_names(1.0)))
    subject = tale.subject_of(first)
    if tale.teller.say(tale.agree(subject, "live", LIVE, 1.2), plain("and", 1)) == "and":
        subject = both(tale, first)
        tale.teller.say(tale.agree(subject, "live", LIVE))
    somewhere(tale)
    tale.stop(plain("."))


def somewhere(tale: Tale) -> None:
    """Near the mill."""
    tale.teller.say(Choice("in place", IN_PLACE))
    tale.teller.words_in_a_row("the")
    tale.say_noun(Choice("place", PLACES.single))


def sentence(tale: Tale) -> None:
    """One more sentence, of the kind that its first words show."""
    here = tale.teller.here
    if here >= LATEST_END:
        tale.teller.say(plain("That"))
        return ending(tale)
    offer = [
        *beginnings(tale, capital=True),
        Choice("time", TIMES, 1.2),
        plain('"', 2.5 if tale.placed else 1),
    ]
    if here >= EARLIEST_END:
        offer.append(plain("That", 1 if tale.placed else 3))
    if tale.flock is None:
        offer.append(Choice("gather", BIG_NUMBERS, 0.8))
    elif tale.flock.count > 2 and tale.flock.left is None:
        offer.append(plain("One", 1.5))
    if len(tale.cast) < MOST_PEOPLE:
        offer.append(tale.offer_new_names(0.7))
    kind = tale.teller.say(*offer)
    if kind == "time":
        kind = tale.teller.say(*beginnings(tale, capital=False))
    return _KINDS.get(kind.split()[0], lambda tale: somebody(tale, kind))(tale)


def beginnings(tale: Tale, capital: bool) -> list[Choice]:
    """Those who may act next: by name, by she or he where that is clear, or "the" something."""
    offer = tale.offer_names(1.6)
    for k, person in enumerate(tale.cast):
        if tale.alone(person):
            word = person.pronoun.capitalize() if capital else person.pronoun
            offer.append(Choice(f"pronoun {k}", only(word), 0.9, "pronoun", (person.last,)))
    return [*offer, Choice("the", only("The" if capital else "the"), 2)]


def somebody(tale: Tale, kind: str) -> None:
    """Behind a name or a pronoun: what this person does."""
    if kind.startswith("name"):
        return act(tale, tale.subject_of(tale.said_name(kind)), may_join=True)
    person = tale.cast[int(kind.split()[1])]
    subject = Subject(at=(tale.teller.here - 1,), plural=False, pronoun=person.pronoun, people=(person,))
    return act(tale, subject, may_join=False)


def newcomer(tale: Tale) -> None:
    """Behind a new name: she comes to the mill."""
    subject = tale.subject_of(tale.said_name("new"))
    tale.teller.say(tale.agree(subject, "enter", ENTER))
    if tale.teller.say(plain(".", 1), Choice("in place", IN_PLACE, 2)) == "in place":
        tale.teller.words_in_a_row("the")
        tale.say_noun(Choice("place", PLACES.single))
        return tail(tale, subject)
    return tale.nouns.clear()


def gather(tale: Tale) -> None:
    """Three geese gather near the mill."""
    at = tale.teller.here - 1
    count = COUNTS[tale.teller.last.lower()]
    tale.say_noun(Choice("plural animal", ANIMALS.plural))
    single = ANIMALS.both(tale.teller.last)[0]
    tale.flock = Flock(single=single, count=count, counted_at=at, noun_at=at + 1)
    subject = subject_here(tale, alive=True)
    tale.teller.say(tale.agree(subject, "gather", GATHER))
    somewhere(tale)
    tail(tale, subject)


def leave(tale: Tale) -> None:
    """One goose departs."""
    flock = tale.flock
    if flock is None:
        raise AssertionError("nobody can leave")
    tale.say_noun(Choice("single animal", only(flock.single), 1.0, "copied_thing", (flock.noun_at,)))
    flock.left, flock.count = tale.teller.here - 2, flock.count - 1
    subject = subject_here(tale, alive=True)
    tale.teller.say(tale.agree(subject, "leave", LEAVE))
    tail(tale, subject)


def described(tale: Tale) -> None:
    """Behind "The": a noun, what stands between it and its verb, and what is said of it."""
    flock = tale.flock
    offer = heads(tale)
    if flock:
        offer.append(tale.offer_count(flock, 6))
    kind = tale.teller.say(*offer)
    if kind == "counted" and flock:
        tale.counted(flock)
    else:
        tale.nouns.append((tale.teller.here - 1, "plural" in kind, False))
    subject, verb = modified(tale, subject_here(tale, alive="animal" in kind or kind == "counted"))
    said_of(tale, subject, verb)
    tail(tale, subject, mood=verb in ("be", "seem"))


def ending(tale: Tale) -> None:
    """That is the end of the tale of Mia, Tom and Ana."""
    tale.teller.words_in_a_row("is", "the", "end", "of", "the", "tale", "of")
    for k, person in enumerate(tale.cast):
        if k:
            tale.teller.words_in_a_row("and" if k == len(tale.cast) - 1 else ",")
        tale.said_name(
            tale.teller.say(*tale.offer_names(1.0, but=tuple(p for p in tale.cast if p is not person)))
        )
    tale.stop(plain("."))
    tale.ended = True


_KINDS: dict[str, Callable[[Tale], None]] = {
    "the": described,
    '"': quote,
    "That": ending,
    "gather": gather,
    "One": leave,
    "new": newcomer,
}
