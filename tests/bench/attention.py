"""All heads at a glance: from a text to a picture on a GPT-2-small shape, head changes, and the exact twin.

`python -m tests.bench.attention --json --tokens 128 --rounds 5`

Weights are random: they cost what trained ones cost. Figures are milliseconds of the fastest round by the wall
clock, because neighbours only add; the machine's load is told beside them. "text to numbers" is the forward
pass with everything recorded, "numbers to bytes" the maps as a Result and packed for the browser, "first draw"
from the bytes as text to the finished frame in Chromium (parsing included), "head change" the frame after
pointing at another head, and its script alone. The picture is the component's own script in an empty page.
"""

import argparse
import json
import os
import statistics
import time
import tomllib
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from playwright.sync_api import sync_playwright

from dashboard.components import sources
from dashboard.components.attention_map import KEPT, PARTS, packed
from dashboard.headless import FLAGS, ROOT, chromium_path, sandbox_flags
from interpret.attention.swapping import twin
from interpret.method import NoOptions
from interpret.methods.attention import compute
from interpret.run import Run, record
from interpret.target import Target
from models.base import Tokens
from tests.bench.saliency import SIZES, gpt2

LIMITS = {
    "text to picture": 1000.0, "first draw": 300.0, "head change": 16.0, "twin of one row": 50.0,
    "kilobytes": 2000.0,
}  # fmt: skip
WIDTH = 1120  # of the view, in pixels
DRAW = """async (sent) => {
  const frame = (act) => new Promise((done, fail) => requestAnimationFrame(() => {
    const start = performance.now()
    const channel = new MessageChannel()
    channel.port1.onmessage = () => done(performance.now() - start)
    try { act() } catch (error) { fail(error) }
    channel.port2.postMessage(0)
  }))
  const host = document.getElementById("host")
  const drawn = await frame(() => window.draw({ data: JSON.parse(sent), parentElement: host, setStateValue() {} }))
  const view = host.querySelector(".root").__underhood
  const heads = [...Array(view.maps.layers * view.maps.heads).keys()].map((at) => ({
    layer: Math.floor(at / view.maps.heads), head: at % view.maps.heads }))
  const pointed = [], script = []
  for (const head of heads) {
    pointed.push(await frame(() => {
      const start = performance.now()
      view.preview(head)
      script.push(performance.now() - start)
    }))
  }
  return { drawn, pointed, script, look: view.look }
}"""


def fastest_ms(work: Callable[[], Any], rounds: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """Milliseconds of the fastest round by a clock, after one to warm up."""
    work()
    found = []
    for _ in range(rounds):
        started = clock()
        work()
        found.append(1000 * (clock() - started))
    return min(found)


def numbered(ids: torch.Tensor) -> Tokens:
    """Tokens without a tokenizer: words w0, w1 ..."""
    words = [f" w{number}" for number in ids.tolist()]
    ends = np.cumsum([len(word) for word in words])
    spans = np.stack([ends - [len(word) for word in words], ends], -1)
    return Tokens(text="".join(words), ids=ids.numpy(), shown=tuple(words), spans=spans)


def data(run: Run) -> str:
    """What the page sends to the browser, as text."""
    target = Target(measure="logit", places=(1,), tokens=(0,))
    found = compute(run, target, NoOptions())
    sent = {
        "maps": packed(found.values, causal=found.causal, signed=False), "ghost": None,
        "tokens": list(found.tokens), "askers": list(found.askers), "sinks": list(found.sinks), "first": [0, 0],
        "kept": dict.fromkeys(KEPT, ""), "shares": True, "joined": False, "unit": found.unit, "roles": None,
        "proofs": None, "name": "bench", "caption": "", "label": "",
    }  # fmt: skip
    return json.dumps(sent)


def theme() -> str:
    """The colours of the dashboard's theme as the component receives them."""
    with (ROOT / ".streamlit" / "config.toml").open("rb") as file:
        known = tomllib.load(file)["theme"]
    colours = {**known, **known.get("light", {})}
    names = {"categorical": "chartCategoricalColors", "sequential": "chartSequentialColors",
             "diverging": "chartDivergingColors"}  # fmt: skip
    lists = "".join(f"--st-chart-{name}-colors: {','.join(colours[key])};" for name, key in names.items())
    return f"--st-background-color: #ffffff; --st-primary-color: #4338ca; --st-border-color: #dfe3e8; {lists}"


def drawn(sent: str, rounds: int) -> dict[str, Any]:
    """The component's times in a browser: the fastest page, and medians over all heads of the fastest."""
    css, js = sources(*PARTS)
    script = js.replace("export default function", "window.draw = function")
    page_of = (
        f"<style>{css}</style><div id='host' style='width:{WIDTH}px;{theme()}'><div class='root'></div></div>"
    )
    told: list[dict[str, Any]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *sandbox_flags()])
        for _ in range(rounds):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_content(page_of)
            page.add_script_tag(content=script, type="module")
            page.wait_for_function("() => !!window.draw")
            told.append(page.evaluate(DRAW, sent))
            page.close()
        browser.close()
    pointed = sorted(min((one["pointed"] for one in told), key=statistics.median))
    return {
        "first draw": min(one["drawn"] for one in told), "head change": statistics.median(pointed),
        "head change, slowest of 20": pointed[int(0.95 * len(pointed))],
        "head change, script": min(statistics.median(one["script"]) for one in told),
    }  # fmt: skip


def twins(tokens: int, width: int, rounds: int) -> float:
    """One row of a head so wide over so many tokens: milliseconds of the linear programme."""
    made = torch.Generator().manual_seed(0)
    own, value = torch.randn(tokens, generator=made).softmax(-1), torch.randn(tokens, width, generator=made)
    return fastest_ms(lambda: twin(own, value), rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description="All heads at a glance: from a text to a picture.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON last")
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--size", choices=SIZES, default="small")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    torch.manual_seed(0)
    layers, width, heads, vocabulary = SIZES[asked.size][0]
    model = gpt2(asked.size, asked.tokens)[1][0]
    model.card = type(model.card)(
        **{**model.card.__dict__, "heads": heads, "abilities": frozenset({"attention"}), "context": 1024}
    )
    tokens = numbered(torch.randint(vocabulary, (asked.tokens,)))
    run = record(model, tokens)
    sent = data(run)
    found = {
        "text to numbers": fastest_ms(lambda: record(model, tokens), asked.rounds),
        "text to numbers, CPU": fastest_ms(lambda: record(model, tokens), asked.rounds, time.process_time),
        "numbers to bytes": fastest_ms(lambda: data(run), asked.rounds),
        **drawn(sent, asked.rounds),
        "twin of one row": twins(asked.tokens, width // heads, asked.rounds),
        "kilobytes": len(sent) / 1000,
    }  # fmt: skip
    found["text to picture"] = found["text to numbers"] + found["numbers to bytes"] + found["first draw"]
    for name, value in found.items():
        limit = f"   (at most {LIMITS[name]:g})" if name in LIMITS else ""
        print(f"{name:28}{value:10.1f}{limit}")
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    print(f"{layers} x {heads} heads, {asked.tokens} tokens, load {load:.1f} x")
    if asked.json:
        told = {
            **{name: round(value, 2) for name, value in found.items()},
            "limits": LIMITS,
            "load": round(load, 2),
        }
        print(json.dumps(told | {"tokens": asked.tokens, "threads": asked.threads}, allow_nan=False))


if __name__ == "__main__":
    main()
