"""What differs? Two models, two stages of a training, or two texts: word under word, and what flipped."""

from dashboard import choices, frame
from dashboard.interface import says
from dashboard.panels import differences, differing

frame.asks("compare")
differing.flagships()
one, other = differing.sides()
known = differing.offered(one, other)
if one == other:
    frame.notice(
        says("view-compare.both-sides-are-the-same"),
        says("view-compare.choose-another-model-or-an"),
        "status",
    )
elif not known:
    frame.notice(
        says("view-compare.and-cannot-be-asked", first=one.name, second=other.name),
        says("view-compare.compare-two-that-write"),
        "status",
    )
else:
    what = choices.pick("what", says("view-compare.compare"), known)
    found = differing.asked(one, other, what)
    if found is not None:
        frame.said(found.in_words())
        frame.quiet(differences.shows(found))
        differences.picture(found)
        frame.section(says("view-compare.what-flipped-and-what-differs"))
        differences.flips(found)
        frame.share()
frame.how("compare")
