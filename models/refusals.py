"""What cannot be done, said in one sentence: what is wrong and what to do."""

LONGEST = 1_000  # characters
ENDING = 200  # of them at the end, where it is said what to do


def one_line(said: object) -> str:
    """A sentence without the line breaks that names and values brought into it, and not too long to be read."""
    line = " ".join(str(said).splitlines())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - ENDING - 1]}…{line[-ENDING:]}"


class Refusal(ValueError):
    """Something asked for cannot be done; the message says what is wrong and what to do, in one sentence."""

    def __str__(self) -> str:
        return one_line(super().__str__())


class UnknownModel(Refusal):
    """No model of that name."""


class BadCheckpoint(Refusal):
    """A checkpoint that is missing, cut short, changed, or not one of ours to open."""


class BadText(Refusal):
    """A text this model cannot take: empty, too long, or not writable as text."""
