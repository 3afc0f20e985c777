"""Can I open a model of my own? Look at what is in a folder, a file or on the hub; then open it."""

from dashboard import choices, frame, shelf
from dashboard.panels import own

frame.question("Can I open a model of my own?")
own.places()
where, hub = choices.own_place()
if not where:
    frame.said(
        "Give it a folder, a file of weights or a name on the Hugging Face hub, and look before you open."
    )
else:
    try:
        found = shelf.look_at(where, hub=hub)
    except shelf.Refusal as refusal:
        frame.notice(str(refusal), "Nothing was loaded.")
    else:
        own.report(found)
        if found.can_open:
            own.offer(where, hub=hub)
own.note()
