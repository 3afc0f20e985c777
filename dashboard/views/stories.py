"""Where to begin? Tours, twelve views that show something, and lessons."""

from dashboard import frame
from dashboard.panels import beginning, stories

frame.asks("stories")
frame.said(
    "Take a tour if this is new to you, open a story to see something worth seeing, or start a lesson."
)
frame.section("Guided tours")
beginning.tours()
frame.section("Twelve stories")
frame.said(
    "Each of these opens a view in which something can be seen, with what to look for and a question for a class. "
    "Everything can be changed there: the text, the model, the method."
)
stories.show()
beginning.lessons()
