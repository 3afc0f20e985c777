"""Where to begin? Twelve views that show something."""

from dashboard import frame
from dashboard.panels import stories

frame.question("Where to begin?")
frame.said(
    "Each of these opens a view in which something can be seen, with what to look for and a question for a class. "
    "Everything can be changed there: the text, the model, the method."
)
stories.show()
