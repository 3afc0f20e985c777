"""Stands in for `python -m models train`: learns nothing, keeps the same files. Arguments: folder, recipe."""

import json
import sys
import time
from pathlib import Path

folder, recipe = Path(sys.argv[1]), sys.argv[2]
work, out = folder / recipe, folder / "out"
work.mkdir(exist_ok=True)
history = work / "history.json"
found = json.loads(history.read_text()) if history.is_file() else {"seconds": 0.0, "curve": [], "watched": []}
while not (found["curve"] and (work / "finish").is_file()):
    count = len(found["curve"])
    nats, share = 1.6 + 4.9 * 0.5**count, 1 - 0.5 ** (count + 1)
    at = {"seconds": 6.0 * count, "tokens": 640 + 60_000 * count}
    found["curve"].append({**at, "held_out_nats": nats})
    found["watched"].append({
        **at, "evenly_nats": 6.49, "grammar_nats": 1.58, "agreement": [share, 0.3],
        "sample": "The keys are <b>red</b>.", "given": 8, "lawful": 12,
    })  # fmt: skip
    found["seconds"] = at["seconds"]
    waiting = work / "writing"
    waiting.write_text(json.dumps({**found, "tokens": at["tokens"], "steps": count + 1}))
    waiting.replace(history)
    time.sleep(0.05)
out.mkdir(exist_ok=True)
(out / "card.json").write_text("{}")
