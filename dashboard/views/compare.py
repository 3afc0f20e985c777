"""What differs? Two models, two stages of a training, or two texts: word under word, and what flipped."""

from dashboard import choices, frame
from dashboard.panels import differences, differing

frame.asks("compare")
differing.flagships()
one, other = differing.sides()
known = differing.offered(one, other)
if one == other:
    frame.notice(
        "Both sides are the same.",
        "Choose another model or an earlier stage, or write another text.",
        "status",
    )
elif not known:
    frame.notice(
        f"{one.name} and {other.name} cannot be asked the same question.",
        "Compare two that write or fill gaps, or two classifiers that name the same classes.",
        "status",
    )
else:
    what = choices.pick("what", "Compare", known)
    found = differing.asked(one, other, what)
    if found is not None:
        frame.said(found.in_words())
        frame.quiet(differences.shows(found))
        differences.picture(found)
        frame.section("What flipped, and what differs most?")
        differences.flips(found)
        frame.share()
frame.how("compare")
