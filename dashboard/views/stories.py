"""Where to begin? Tours, twelve views that show something, and lessons."""

from dashboard import frame
from dashboard.interface import says
from dashboard.panels import beginning, stories

frame.asks("stories")
frame.said(says("view-stories.take-a-tour-if-this"))
frame.section(says("view-stories.guided-tours"))
beginning.tours()
frame.section(says("view-stories.twelve-stories"))
frame.said(says("view-stories.each-of-these-opens"))
stories.show()
beginning.lessons()
