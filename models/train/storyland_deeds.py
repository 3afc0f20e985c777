"""What Storyland's people do: put things down, find them again, meet each other, count animals."""

from collections.abc import Callable

from models.train.storyland_phrases import both, plain, tail
from models.train.storyland_speech import says
from models.train.storyland_tale import MOST_PEOPLE, MOST_THINGS, Placed, Subject, Tale
from models.train.storyland_teller import Choice
from models.train.storyland_words import (
    ADVERBS,
    ALSO,
    BE,
    FEED,
    FIND,
    FINDS,
    IN_PLACE,
    MEET,
    MOODS,
    MOVE,
    PLACES,
    PLAIN,
    PUT,
    SAY,
    SEEK,
    SELF,
    WANT,
)

LATEST_PUT = 64  # tokens behind which nothing new is put down, so that it can still be found


def act(tale: Tale, subject: Subject, may_join: bool) -> None:
    """What people do; joined by "and" they are told of in the plural."""
    offer = [
        tale.agree(subject, "plain", PLAIN, 2.5),
        tale.agree(subject, "be", BE, 1),
        tale.agree(subject, "self", SELF, 0.8),
        tale.agree(subject, "want", WANT, 1),
        tale.agree(subject, "say", SAY, 1),
    ]
    if len(tale.placed) < MOST_THINGS and tale.teller.here < LATEST_PUT:
        offer.append(tale.agree(subject, "put", PUT, 1.5 if tale.placed else 6))
    if tale.placed:
        offer += [tale.agree(subject, "find", FIND, 2.5), tale.agree(subject, "move", MOVE, 1.2)]
    if sought(tale, subject):
        offer.append(tale.agree(subject, "seek", SEEK, 2.5))
    if met(tale, subject):
        offer.append(tale.agree(subject, "meet", MEET, 1.2))
    if tale.flock:
        offer.append(tale.agree(subject, "feed", FEED, 1.5))
    if may_join:
        offer.append(plain("and", 1.2))
    kind = tale.teller.say(*offer)
    if kind == "and":
        return act(tale, both(tale, subject.people[0]), may_join=False)
    return _DEEDS[kind](tale, subject)


def rest(tale: Tale, subject: Subject) -> None:
    """Mia sings quietly, or near the mill."""
    kind = tale.teller.say(plain(".", 1), Choice("adverb", ADVERBS, 2), Choice("in place", IN_PLACE, 1.5))
    if kind == "adverb":
        return tail(tale, subject)
    if kind == "in place":
        tale.teller.words_in_a_row("the")
        tale.say_noun(Choice("place", PLACES.single))
        return tail(tale, subject)
    return tale.nouns.clear()


def is_so(tale: Tale, subject: Subject) -> None:
    """Mia is happy."""
    tale.teller.say(Choice("quality", MOODS))
    tail(tale, subject, mood=True)


def to_self(tale: Tale, subject: Subject) -> None:
    """Mia washes herself."""
    tale.say_self(subject)
    tail(tale, subject)


def want(tale: Tale, subject: Subject) -> None:
    """Mia likes her keys."""
    say_new_thing(tale, subject)
    tail(tale, subject)


def say_new_thing(tale: Tale, subject: Subject) -> bool:
    """A lamp, some keys, her lamp, her keys; gives whether it is plural."""
    kind = tale.teller.say(plain("a", 2), plain("some", 1.5), *tale.offer_possessive(subject, 2))
    single, plural = tale.offer_things()
    return "plural" in tale.say_noun(*{"a": [single], "some": [plural]}.get(kind, [single, plural]))


def put(tale: Tale, subject: Subject) -> None:
    """Mia hides her lamp under the bench."""
    plural = say_new_thing(tale, subject)
    tale.say_new_place(tale.put_down(tale.teller.last, plural))
    tail(tale, subject)


def find(tale: Tale, subject: Subject) -> None:
    """Tom finds the lamp under the bench."""
    tale.teller.words_in_a_row("the")
    thing = tale.said_placed(tale.teller.say(*tale.offer_placed(tale.placed)))
    tale.say_place_again(thing)
    tale.placed.remove(thing)
    tail(tale, subject)


def move(tale: Tale, subject: Subject) -> None:
    """Tom carries the lamp behind the mill: it lies there now."""
    tale.teller.words_in_a_row("the")
    tale.say_new_place(tale.said_placed(tale.teller.say(*tale.offer_placed(tale.placed))))
    tail(tale, subject)


def sought(tale: Tale, subject: Subject) -> list[Placed]:
    """What lies somewhere and can be called it or them without being mistaken for the seekers."""
    return [thing for thing in tale.placed if not (thing.plural and subject.plural)]


def seek(tale: Tale, subject: Subject) -> None:
    """Tom searches for the lamp and finds it under the bench."""
    tale.teller.words_in_a_row("for", "the")
    thing = tale.said_placed(tale.teller.say(*tale.offer_placed(sought(tale, subject))))
    tale.teller.words_in_a_row("and")
    tale.teller.say(tale.agree(subject, "finds", FINDS))
    tale.say_object("they" if thing.plural else "it", thing.last)
    tale.say_place_again(thing)
    tale.placed.remove(thing)
    tail(tale, subject)


def met(tale: Tale, subject: Subject) -> list[Choice]:
    """Whom the subject may meet: anybody else, met before or new."""
    offer = tale.offer_names(1.0, but=subject.people)
    return [*offer, tale.offer_new_names(0.6)] if len(tale.cast) < MOST_PEOPLE else offer


def meet(tale: Tale, subject: Subject) -> None:
    """Mia meets Tom and hugs him."""
    person = tale.said_name(tale.teller.say(*met(tale, subject)))
    offer = [plain(".", 2), *([plain("and", 1)] if tale.alone(person) else [])]
    if tale.teller.say(*offer) == "and":
        tale.teller.say(tale.agree(subject, "also", ALSO))
        tale.say_object(person.pronoun, person.last)
        return tail(tale, subject)
    return tale.nouns.clear()


def feed(tale: Tale, subject: Subject) -> None:
    """Mia feeds the three geese."""
    tale.teller.words_in_a_row("the")
    if tale.flock:
        tale.say_count(tale.flock)
    tail(tale, subject)


_DEEDS: dict[str, Callable[[Tale, Subject], None]] = {
    "plain": rest,
    "be": is_so,
    "self": to_self,
    "want": want,
    "say": lambda tale, _: says(tale),
    "put": put,
    "find": find,
    "move": move,
    "seek": seek,
    "meet": meet,
    "feed": feed,
}
