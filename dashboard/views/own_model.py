"""Can I open a model of my own? Look at what is in a folder, a file or on the hub; then open it."""

from dashboard import choices, frame, shelf
from dashboard.panels import own

frame.asks("own")
if shelf.is_public():
    frame.said(shelf.SHARED)
else:
    own.places()
    own.look(*choices.own_place())
own.note()
