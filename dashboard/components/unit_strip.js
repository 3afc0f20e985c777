// Where is a unit strong? Every token takes the colour of the unit's activation there, on a scale that is the
// same for every text. With `brush`, tokens can be chosen: drag over them, or click single ones.

const LABELS = 10

/** Legend: the bar and its ends in numbers. @param {any} strip */
function buildUnitLegend(strip) {
  const [low, bar, high] = ["end", "bar", "end"].map((name) => element("span", name))
  const ends = element("span", "ends")
  const hint = element("span", "hint")
  ends.append(low, bar, high)
  strip.frame.legend.append(ends, hint)
  return { low, bar, high, hint }
}

/** "5-7, 12" from a set of token numbers. @param {Set<number>} chosen */
function writtenChoice(chosen) {
  const sorted = [...chosen].sort((a, b) => a - b)
  /** @type {[number, number][]} */
  const runs = []
  for (const index of sorted) {
    const last = runs[runs.length - 1]
    if (last && last[1] === index - 1) last[1] = index
    else runs.push([index, index])
  }
  return runs.map(([a, b]) => (a === b ? `${a}` : `${a}-${b}`)).join(", ")
}

/** @param {string} written */
function readChoice(written) {
  const chosen = /** @type {Set<number>} */ (new Set())
  for (const part of written.split(",")) {
    const [first, last] = part.split("-").map(Number)
    if (part.trim() === "" || !Number.isInteger(first)) continue
    for (let i = first; i <= (last ?? first); i += 1) chosen.add(i)
  }
  return chosen
}

/** Mark what is chosen. @param {any} strip */
function markChosen(strip) {
  strip.cells.forEach((/** @type {Cell} */ { button: node }, /** @type {number} */ i) => {
    node.classList.toggle("chosen", strip.chosen.has(i))
    if (strip.data.brush) node.setAttribute("aria-pressed", String(strip.chosen.has(i)))
  })
}

/** Drag over tokens, or click them; only letting go tells the server. @param {any} strip */
function listenToBrush(strip) {
  const { words } = strip.frame
  const options = { signal: strip.signal }
  /** @type {{start: number, before: Set<number>, end: number} | null} */
  let drag = null
  const send = () => {
    markChosen(strip)
    strip.sentChoice = { value: writtenChoice(strip.chosen), at: performance.now() }
    strip.setState?.("chosen", strip.sentChoice.value)
  }
  const toggle = (/** @type {number} */ index) => {
    strip.chosen.has(index) ? strip.chosen.delete(index) : strip.chosen.add(index)
    send()
  }
  words.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
    const index = strip.indexOf(event)
    if (!strip.data.brush || index === null || event.pointerType === "touch" || event.button) return
    drag = { start: index, before: event.shiftKey ? new Set(strip.chosen) : new Set(), end: index }
    event.preventDefault() // no text is marked while dragging
  }, options)
  words.addEventListener("pointerover", (/** @type {PointerEvent} */ event) => {
    const index = strip.indexOf(event)
    if (!drag || index === null || index === drag.end) return
    drag.end = index
    strip.chosen = new Set(drag.before)
    const [a, b] = [Math.min(drag.start, index), Math.max(drag.start, index)]
    for (let i = a; i <= b; i += 1) strip.chosen.add(i)
    markChosen(strip)
  }, options)
  window.addEventListener("pointerup", () => {
    if (!drag) return
    const { start, end } = drag
    drag = null
    if (start === end) toggle(start)
    else send()
  }, options)
  words.addEventListener("click", (/** @type {PointerEvent} */ event) => {
    const index = strip.indexOf(event)
    const byPointer = event.detail > 0 && event.pointerType !== "touch"
    if (strip.data.brush && index !== null && !byPointer) toggle(index)
  }, options)
}

/** @param {any} strip @param {number | null} target @returns {Part[]} */
function unitSentence(strip, target) {
  const { values, limit, address, brush } = strip.data
  const hint = brush ? [` ${says("script-unit_strip.brush")}`] : []
  if (target === null) return [says("script-unit_strip.point", { address }), ...hint]
  const share = percent(Math.min(1, Math.abs(values[target]) / limit))
  const known = { token: { quote: strip.cells[target].name }, address, scale: strip.data.scale }
  return [...saysParts("script-unit_strip.at", { ...known, value: number(values[target], 2, true), share }), ...hint]
}

/** @type {Kind} */
const unit = {
  prepare(strip) {
    const { data, theme } = strip
    strip.legend ||= buildUnitLegend(strip)
    strip.ramp = data.signed ? theme.diverging : theme.sequential
    strip.legend.bar.style.backgroundImage = gradient(strip.ramp)
    const end = number(data.limit, 2)
    strip.legend.low.textContent = data.signed ? `−${end}` : "0"
    strip.legend.high.textContent = `+${end}`
    strip.legend.hint.textContent = says("script-unit_strip.scale", { scale: data.scale })
    strip.labels = data.values
      .map((/** @type {number} */ value, /** @type {number} */ i) => [i, Math.abs(value), value])
      .sort((/** @type {number[]} */ a, /** @type {number[]} */ b) => b[1] - a[1] || a[0] - b[0])
      .slice(0, LABELS)
      .map(([i, , value]) => [i, number(value, 1, true)])
    const stale =
      strip.sentChoice?.value !== data.chosen && performance.now() - (strip.sentChoice?.at ?? -Infinity) < STALE_MS
    if (!stale) strip.chosen = readChoice(data.chosen || "")
    markChosen(strip)
  },

  fallback: () => null,

  pinnable: (strip) => !strip.data.brush,

  view(strip, target) {
    const { values, limit, signed } = strip.data
    const level = (/** @type {number} */ i) => {
      const part = Math.max(-1, Math.min(1, values[i] / limit))
      return Math.round(signed ? 127.5 + 127.5 * part : 255 * Math.max(0, part))
    }
    return {
      ramp: strip.ramp,
      level: (i) => (i < values.length ? level(i) : -1),
      dim: () => false,
      labels: strip.labels,
      sentence: unitSentence(strip, target),
    }
  },

  table(strip) {
    const { words, values, address } = strip.data
    return [
      ["index", "token", address],
      ...words.map((/** @type {Word} */ word, /** @type {number} */ i) => [i, word.t, values[i]]),
    ]
  },

  record: (strip) => {
    const { words, values, address, limit } = strip.data
    return { unit: address, limit, tokens: words.map((/** @type {Word} */ word) => word.t), values }
  },
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const strip = instance(parentElement, (root, signal) => {
    const made = makeStrip(unit)(root, signal)
    Object.assign(made, { chosen: new Set() })
    listenToBrush(made)
    return made
  })
  strip.update(data, readTheme(parentElement), setStateValue, setTriggerValue)
  markChosen(strip)
  return dispose(parentElement)
}
