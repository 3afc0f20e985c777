"""Can I trust this map? Every method's maps against causes that are known."""

from dashboard import frame
from dashboard.panels import league

frame.asks("trust")
found = league.found()
if found is not None:
    group, measure, reading = league.looks(found)
    league.answer(found, reading, group)
    league.picture(found, group, measure, reading)
    league.tables(found, group, measure, reading)
    frame.check(found)
    league.elsewhere()
frame.notes("saliency_league")
