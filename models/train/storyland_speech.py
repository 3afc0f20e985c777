"""What Storyland's people say aloud: quotation marks that close, questions, and answers that copy a place."""

from models.train.storyland_phrases import aside, closing, heads, modified, plain, said_of, subject_here
from models.train.storyland_tale import Person, Placed, Subject, Tale
from models.train.storyland_teller import Choice, only
from models.train.storyland_words import ASK, BE, MOODS, SAY, WANT

MOST_SENTENCES = 2  # between two quotation marks


def quote(tale: Tale) -> None:
    """Behind the mark that begins a sentence: "The key is here," Mia says."""
    opened = tale.teller.here - 1
    lost = tale.placed if len(tale.cast) > 1 else []  # what may be asked for: somebody else must answer
    kind = tale.teller.say(*openings(tale), *([plain("Where", 3)] if lost else []))
    asked = where_is(tale, lost) if kind == "Where" else None
    if asked is None:
        aloud(tale, kind)
        ending(tale, ",", "!")
    tale.teller.say(closing('"', opened, 1))
    offer = tale.offer_names(1.0)
    speaker = tale.subject_of(tale.said_name(tale.teller.say(*offer)))
    tale.teller.say(tale.agree(speaker, "say", SAY if asked is None else ASK))
    tale.stop(plain("."))
    if asked is not None:
        tale.asked = (asked, speaker.people[0])


def says(tale: Tale) -> None:
    """Behind "Mia says": what she says; the closing mark ends the sentence too."""
    tale.teller.words_in_a_row(",", '"')
    opened = tale.teller.here - 1
    kind = tale.teller.say(*openings(tale))
    for _ in range(MOST_SENTENCES - 1):
        aloud(tale, kind)
        ending(tale, ".", "!")
        kind = tale.teller.say(closing('"', opened, 2), *openings(tale))
        if kind == '"':
            return
    aloud(tale, kind)
    ending(tale, ".", "!")
    tale.teller.say(closing('"', opened, 1))


def answer(tale: Tale, thing: Placed, asker: Person) -> None:
    """The sentence behind a question: somebody else says where the thing is."""
    tale.asked = None
    tale.teller.words_in_a_row('"')
    opened = tale.teller.here - 1
    tale.teller.words_in_a_row("The")
    lies(tale, tale.said_placed(tale.teller.say(*tale.offer_placed([thing]))))
    tale.teller.words_in_a_row(",")
    tale.teller.say(closing('"', opened, 1))
    speaker = tale.subject_of(tale.said_name(tale.teller.say(*tale.offer_names(1.0, but=(asker,)))))
    tale.teller.say(tale.agree(speaker, "say", SAY))
    tale.stop(plain("."))


def openings(tale: Tale) -> list[Choice]:
    """The first words of a sentence said aloud."""
    return [plain("I", 1.5), plain("You", 1), plain("We", 1), plain("The", 3 if tale.placed else 1)]


def aloud(tale: Tale, kind: str) -> None:
    """The rest of a sentence said aloud, up to its full stop."""
    if kind == "The":
        kind = tale.say_noun(*tale.offer_placed(tale.placed, 12), *heads(tale))
        if kind.startswith("placed"):
            tale.nouns.pop()  # said_placed remembers it
            lies(tale, tale.said_placed(kind))
        else:
            subject, verb = modified(tale, subject_here(tale, alive="animal" in kind))
            said_of(tale, subject, verb)
        return
    speaker = Subject(at=(tale.teller.here - 1,), plural=True, pronoun="")
    am = (
        Choice("am", only("am"), 1, "agreement", speaker.at) if kind == "I" else tale.agree(speaker, "am", BE)
    )
    if tale.teller.say(am, tale.agree(speaker, "want", WANT)) == "am":
        tale.teller.say(Choice("quality", MOODS))
    else:
        tale.teller.words_in_a_row("the")
        tale.say_noun(*tale.offer_things())


def ending(tale: Tale, *marks: str) -> None:
    """An aside perhaps, then one of two marks, the first three times as likely."""
    first, second = plain(marks[0], 3), plain(marks[1], 1)
    if tale.teller.say(first, second, plain("(", 0.5)) == "(":
        aside(tale)
        tale.teller.say(first, second)
    if tale.teller.last != ",":
        tale.nouns.clear()


def where_is(tale: Tale, lost: list[Placed]) -> Placed:
    """Behind "Where": is or are, and a thing of that number that lies somewhere."""
    numbers = sorted({thing.plural for thing in lost})
    kind = tale.teller.say(
        *(Choice(f"{'plural' if many else 'single'} be", BE.pool(many)) for many in numbers)
    )
    tale.teller.words_in_a_row("the")
    fitting = [thing for thing in lost if thing.plural == ("plural" in kind)]
    found = tale.said_placed(tale.teller.say(*tale.offer_placed(fitting)))
    tale.stop(plain("?"))
    return found


def lies(tale: Tale, thing: Placed) -> None:
    """Behind a thing that was put somewhere: is or are, and where."""
    subject = Subject(at=(thing.last,), plural=thing.plural, pronoun="they" if thing.plural else "it")
    tale.teller.say(tale.agree(subject, "be", BE))
    tale.say_place_again(thing)
