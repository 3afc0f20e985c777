"""What would it write? Dials, a tree of ways, a text of its own."""

from dashboard import frame
from dashboard.panels import writing

frame.asks("write")
writing.next_token()
writing.ways()
writing.by_itself()
