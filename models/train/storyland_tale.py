"""What a Storyland story remembers while it is told: who is there, what was put where, how many animals."""

from dataclasses import dataclass, field

from models.train.storyland_teller import Choice, Teller, only
from models.train.storyland_words import (
    ANIMALS,
    HE,
    IN_PLACE,
    NAMES,
    NUMBERS,
    OBJECTS,
    PLACES,
    POSSESSIVES,
    PRONOUNS,
    THINGS,
    Verbs,
)

MOST_PEOPLE, MOST_THINGS = 3, 2


@dataclass(kw_only=True)
class Person:
    """Somebody with a name; `last` is where the name stood last."""

    name: str
    last: int

    @property
    def pronoun(self) -> str:
        return "he" if self.name in HE.rank else "she"


@dataclass(kw_only=True)
class Placed:
    """A thing that lies somewhere: the words and where each stood last."""

    thing: str
    plural: bool
    last: int
    where: tuple[str, str] = ("", "")  # under, bench
    where_at: tuple[int, int] = (0, 0)


@dataclass(kw_only=True)
class Flock:
    """Counted animals; `left` is the "One" that went since they were last counted."""

    single: str
    count: int
    counted_at: int
    noun_at: int
    left: int | None = None


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Who or what a verb agrees with, where it stands (for "Mia and Tom" three words), and who it is."""

    at: tuple[int, ...]
    plural: bool
    pronoun: str
    people: tuple[Person, ...] = ()
    alive: bool = True


@dataclass(kw_only=True)
class Tale:
    """One story under way."""

    teller: Teller
    cast: list[Person] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)
    known: set[str] = field(default_factory=set)  # things that lay somewhere once, in both numbers
    flock: Flock | None = None
    asked: tuple[Placed, Person] | None = None  # a question that the next sentence answers, and its asker
    nouns: list[tuple[int, bool, bool]] = field(
        default_factory=list
    )  # this sentence's: where, plural, a name?
    ended: bool = False

    def offer_new_names(self, weight: float) -> Choice:
        """Somebody the story has not met."""
        return Choice("new", NAMES, weight, barred=[person.name for person in self.cast])

    def offer_names(self, weight: float, but: tuple[Person, ...] = ()) -> list[Choice]:
        """Those the story has met, each by name."""
        return [
            Choice(f"name {k}", only(person.name), weight, "copied_name", (person.last,))
            for k, person in enumerate(self.cast)
            if person not in but
        ]

    def said_name(self, kind: str) -> Person:
        """The person whose name has just been told, met now or before."""
        here = self.teller.here - 1
        if kind == "new":
            self.cast.append(Person(name=self.teller.last, last=here))
        person = self.cast[-1] if kind == "new" else self.cast[int(kind.split()[1])]
        person.last = here
        self.nouns.append((here, False, True))
        return person

    def subject_of(self, person: Person) -> Subject:
        """The person just named, as a subject."""
        return Subject(at=(person.last,), plural=False, pronoun=person.pronoun, people=(person,))

    def alone(self, person: Person) -> bool:
        """Nobody else of this person's pronoun has been met."""
        return sum(other.pronoun == person.pronoun for other in self.cast) == 1

    def clear(self, plural: bool) -> bool:
        """Exactly one thing, animal or group of this number has been told of in this sentence."""
        return sum(many == plural and not name for _, many, name in self.nouns) == 1

    def pronoun(self, subject: Subject) -> str:
        """The pronoun that can mean only `subject` here, or nothing."""
        if len(subject.people) == 1:
            return subject.pronoun if self.alone(subject.people[0]) else ""
        return subject.pronoun if self.clear(subject.plural) else ""

    def offer_pronoun(self, subject: Subject, weight: float = 1.0) -> Choice:
        """The subject once more, as she, he, it or they."""
        return Choice("pronoun", only(subject.pronoun), weight, "pronoun", subject.at)

    def again(self, subject: Subject) -> Subject:
        """The subject, standing now where its pronoun was just told."""
        return Subject(
            at=(self.teller.here - 1,),
            plural=subject.plural,
            pronoun=subject.pronoun,
            people=subject.people,
            alive=subject.alive,
        )

    def say_self(self, subject: Subject) -> None:
        """Himself, herself, itself or themselves."""
        self.teller.say(Choice("self", only(PRONOUNS[subject.pronoun]), 1.0, "reflexive", subject.at))

    def offer_possessive(self, subject: Subject, weight: float) -> list[Choice]:
        """His, her or their, where that can mean only the subject."""
        if not self.pronoun(subject):
            return []
        return [Choice("possessive", only(POSSESSIVES[subject.pronoun]), weight, "pronoun", subject.at)]

    def say_object(self, pronoun: str, at: int) -> None:
        """Him, her, it or them."""
        self.teller.say(Choice("object", only(OBJECTS[pronoun]), 1.0, "pronoun", (at,)))

    def agree(self, subject: Subject, kind: str, verbs: Verbs, weight: float = 1.0) -> Choice:
        """Verbs of the subject's number, with the nouns of the other number that stand between."""
        between = sum(at > subject.at[-1] and many != subject.plural for at, many, _ in self.nouns)
        return Choice(kind, verbs.pool(subject.plural), weight, "agreement", subject.at, between)

    def say_noun(self, *offer: Choice) -> str:
        """Tell a noun and remember it for this sentence; kinds of the plural have "plural" in their name."""
        kind = self.teller.say(*offer)
        self.nouns.append((self.teller.here - 1, "plural" in kind, False))
        return kind

    def offer_things(self) -> tuple[Choice, Choice]:
        """Things that have not lain anywhere in this story, in either number."""
        return (
            Choice("single", THINGS.single, 1.0, barred=self.known),
            Choice("plural", THINGS.plural, 1.0, barred=self.known),
        )

    def offer_placed(self, among: list[Placed], weight: float = 1.0) -> list[Choice]:
        """Things that lie somewhere, told of once more."""
        return [
            Choice(
                f"placed {self.placed.index(thing)}", only(thing.thing), weight, "copied_thing", (thing.last,)
            )
            for thing in among
        ]

    def said_placed(self, kind: str) -> Placed:
        """The placed thing whose word has just been told."""
        thing = self.placed[int(kind.split()[1])]
        thing.last = self.teller.here - 1
        self.nouns.append((thing.last, thing.plural, False))
        return thing

    def put_down(self, thing: str, plural: bool) -> Placed:
        """A new thing, just told of, that is going to lie somewhere."""
        self.known.update(THINGS.both(thing))
        self.placed.append(Placed(thing=thing, plural=plural, last=self.teller.here - 1))
        return self.placed[-1]

    def say_new_place(self, thing: Placed) -> None:
        """Under the bench: somewhere the thing does not lie already."""
        old = thing.where[1]
        self.teller.say(Choice("in place", IN_PLACE))
        self.teller.words_in_a_row("the")
        self.say_noun(Choice("place", PLACES.single, barred=(old,) if old else ()))
        self._lies_here(thing)

    def say_place_again(self, thing: Placed) -> None:
        """Where the thing was put, word for word."""
        for kind, word, at in zip(("in place", "place"), thing.where, thing.where_at, strict=True):
            if kind == "place":
                self.teller.words_in_a_row("the")
            self.teller.say(Choice(kind, only(word), 1.0, "copied_place", (at,)))
        self.nouns.append((self.teller.here - 1, False, False))
        self._lies_here(thing)

    def _lies_here(self, thing: Placed) -> None:
        words, here = self.teller.words, self.teller.here
        thing.where = (words[here - 3].word, words[here - 1].word)
        thing.where_at = (here - 3, here - 1)

    def offer_count(self, flock: Flock, weight: float = 1.0) -> Choice:
        """The number of animals as it stands now."""
        causes = (flock.counted_at,) if flock.left is None else (flock.counted_at, flock.left)
        return Choice("counted", only(NUMBERS.words[flock.count - 2]), weight, "counted", causes)

    def say_count(self, flock: Flock) -> None:
        """The number of animals and their name."""
        self.teller.say(self.offer_count(flock))
        self.counted(flock)

    def counted(self, flock: Flock) -> None:
        """Behind the number word: tell the animals' name."""
        flock.counted_at, flock.left = self.teller.here - 1, None
        many = ANIMALS.both(flock.single)[1]
        self.say_noun(Choice("plural animal", only(many), 1.0, "copied_thing", (flock.noun_at,)))
        flock.noun_at = self.teller.here - 1

    def stop(self, *offer: Choice) -> None:
        """Tell what ends a sentence; the nouns before it are out of reach of `it` and `they`."""
        self.teller.say(*offer)
        self.nouns.clear()
