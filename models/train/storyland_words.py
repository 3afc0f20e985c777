"""Storyland's words: every word its stories may hold, in the pools they are drawn from.

A pool's first words are the commonest: rank r (from 0) weighs 1 / (r + 8). Pools of the two numbers or
of the two spellings (`The`, `the`) stand rank beside rank.
"""

from bisect import bisect
from collections.abc import Collection, Iterator
from itertools import accumulate


class Pool:
    """Words and their shares. Words a story may not use just now are barred; the rest share what is left."""

    def __init__(self, words: str | Collection[str]):
        self.words = tuple(words.split() if isinstance(words, str) else words)
        self.rank = {word: rank for rank, word in enumerate(self.words)}
        self._weights = [1 / (rank + 8) for rank in range(len(self.words))]
        self._ends = list(accumulate(self._weights))

    def share(self, word: str, barred: Collection[str] = ()) -> float:
        """The probability of `word` among the words that are not barred."""
        if not barred:
            return self._weights[self.rank[word]] / self._ends[-1]
        lost = sum(self._weights[self.rank[other]] for other in set(barred) if other in self.rank)
        return self._weights[self.rank[word]] / (self._ends[-1] - lost)

    def draw(self, chances: Iterator[float], barred: Collection[str] = ()) -> str:
        """One word by its share; `chances` are even draws from [0, 1)."""
        if len(self.words) == 1:
            return self.words[0]
        while True:
            word = self.words[min(bisect(self._ends, next(chances) * self._ends[-1]), len(self.words) - 1)]
            if word not in barred:
                return word


class Pairs:
    """Words in two numbers, rank beside rank: `single` and `plural` pools, and each word's other number."""

    def __init__(self, written: str):
        pairs = [_pair(entry) for entry in written.split()]
        self.single, self.plural = Pool([a for a, _ in pairs]), Pool([b for _, b in pairs])

    def pool(self, plural: bool) -> Pool:
        """The pool of one number."""
        return self.plural if plural else self.single

    def both(self, word: str) -> tuple[str, str]:
        """The word in both numbers, single first."""
        rank = self.single.rank.get(word, self.plural.rank.get(word))
        return self.single.words[rank], self.plural.words[rank]  # type: ignore[index]


def _pair(entry: str) -> tuple[str, str]:
    """`key` -> key, keys; `box+es` -> box, boxes; `goose/geese` as written."""
    if "/" in entry:
        single, plural = entry.split("/")
        return single, plural
    stem, _, end = entry.partition("+")
    return stem, stem + (end or "s")


class Verbs(Pairs):
    """Verbs: the single pool holds `sings`, the plural pool `sing`. Written as `sing` or `wash+es`."""

    def __init__(self, written: str):
        super().__init__(written)
        self.single, self.plural = self.plural, self.single


SHE = Pool(
    "Mia Ana Rosa Lucy Emma Nora Clara Ida Ella Vera Hana Lena Sofia Greta Wanda Tilda Flora Olga Petra "
    "Zara Bella Carla Daria Fiona"
)
HE = Pool(
    "Tom Ben Max Leo Paul Otto Hugo Ivan Oscar Felix Karl Emil Jonas Simon Peter Anton Bruno David Erik "
    "Gustav Henry Kasper Lukas Marek"
)
NAMES = Pool([name for pair in zip(SHE.words, HE.words, strict=True) for name in pair])

THINGS = Pairs(
    "key lamp coin book letter map ring bell cup drum flute ball kite rope shell box+es stone spoon "
    "button candle ribbon basket hat coat boot glove/gloves scarf/scarves pear plum nut cake loaf/loaves "
    "knife/knives mirror needle bottle hammer nail whistle doll pillow blanket feather purse card "
    "brush+es clock jar plate fork"
)
PLACES = Pairs(
    "table shelf/shelves chest bench+es bed chair cart gate well bridge wall hedge tower barn mill stable "
    "cupboard barrel stove drawer ladder fence tree bush+es rock boat haystack wagon trough step crate "
    "trunk sofa counter desk cradle hut wheel cabinet statue"
)
ANIMALS = Pairs(
    "dog cat horse hen goose/geese fox+es duck cow goat pig mouse/mice sheepdog rabbit donkey frog owl "
    "bear wolf/wolves swan squirrel hedgehog beaver sparrow raven"
)
ADJECTIVES = Pool(
    "old small new big happy red quiet tired green cold warm round strange bright dirty clean heavy light "
    "lovely blue yellow white black dark proud brave hungry sad kind clever slow quick lost famous ugly "
    "wet dry soft safe busy calm tall short thin shy rusty dusty golden noisy lucky"
)
MOODS = Pool("happy tired glad cold hungry sad proud brave late early lonely curious angry sleepy")
ADVERBS = Pool(
    "again today slowly quietly there alone loudly outside here gladly often twice tonight early merrily "
    "everywhere softly upstairs"
)
TIMES = Pool("Then Later Soon Now Today Next Tonight Afterwards")

IN_PLACE = Pool("under behind beside on near inside")  # where a thing is put; where stories happen
BETWEEN = Pool("near behind beside by under above below beyond opposite from")  # noun PREPOSITION noun

BE = Verbs("are/is")
HAVE_SEEMING = Verbs("seem look feel remain sound")
LIVE = Verbs("live work stay sleep")
PLAIN = Verbs(
    "sing smile laugh dance wait rest run walk sleep work jump play swim read cook juggle paint "
    "travel/travels yawn sneeze stumble listen nod hum dream shiver climb snore hurry/hurries bow"
)
PUT = Verbs("put hide leave drop lay store place push+es")
FIND = Verbs("find see spot discover notice")
SEEK = Verbs("search+es hunt look")
FINDS = Verbs("find")
MOVE = Verbs("move shift carry/carries drag")
MEET = Verbs("meet greet help thank follow visit invite trust tease know")
ALSO = Verbs("hug like admire praise comfort")  # what is done next to somebody met: hugs him
SELF = Verbs("wash+es dress+es scratch+es warm amuse praise hurt weigh")
SAY = Verbs("say whisper shout answer mutter")
ASK = Verbs("ask wonder")
WANT = Verbs("want need like love borrow sell clean draw repair miss+es")
FEED = Verbs("feed watch+es count chase call")
ENTER = Verbs("come+s arrive appear")
LEAVE = Verbs("vanish+es depart disappear retire")
GATHER = Verbs("gather settle camp live stay")
STAND = Verbs("stand lie rot lean")
TEND = Verbs("guard chase love watch+es fear know")
NUMBERS = Pool("two three four five six seven eight nine")
COUNTS = {word: number for number, word in enumerate(NUMBERS.words, start=2)}
BIG_NUMBERS = Pool("Three Four Five Six Seven Eight Nine")

PRONOUNS = {"she": "herself", "he": "himself", "it": "itself", "they": "themselves"}
OBJECTS = {"she": "her", "he": "him", "it": "it", "they": "them"}
POSSESSIVES = {"she": "her", "he": "his", "they": "their"}
SPEAKERS = ("I", "You", "We")
GLUE = Pool(
    'the a some and that because for of am One The Where She He That tale is end like . , ? ! ( ) [ ] "'
)


def every_word() -> tuple[str, ...]:
    """The closed vocabulary, in a fixed order, each word once."""
    found: dict[str, None] = {}
    pools = [value for value in globals().values() if isinstance(value, Pool)]
    for pairs in [value for value in globals().values() if isinstance(value, Pairs)]:
        pools += [pairs.single, pairs.plural]
    for pool in pools:
        found.update(dict.fromkeys(pool.words))
    for words in (PRONOUNS, PRONOUNS.values(), OBJECTS.values(), POSSESSIVES.values(), SPEAKERS):
        found.update(dict.fromkeys(words))
    return tuple(found)


def other_numbers() -> dict[str, str]:
    """Each verb form and the form of the other number: sings -> sing, sing -> sings."""
    verbs = [value for value in globals().values() if isinstance(value, Verbs)]
    sides = [(pairs.single.words, pairs.plural.words) for pairs in verbs]
    return {a: b for one, two in sides for a, b in (*zip(one, two, strict=True), *zip(two, one, strict=True))}
