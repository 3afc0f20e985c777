// A phrase of several words explained as one number: choose its first and its last word.

/** The button of the legend that makes the next clicks choose a phrase. @param {any} strip */
function phraseButton(strip) {
  const node = button("choice act")
  node.title = says("script-phrase.ends")
  node.addEventListener("click", () => extend(strip, !strip.extending), { signal: strip.signal })
  return node
}

/** The next clicks choose a phrase, or no longer. @param {any} strip @param {boolean} on */
function extend(strip, on) {
  strip.extending = on
  const { phrase } = strip.legend
  phrase.setAttribute("aria-pressed", String(on))
  phrase.textContent = on ? says("script-phrase.choose") : says("script-phrase.explain")
}

/** First and last word of the phrase that is shown, if one is. @param {any} strip */
function phraseOf(strip) {
  const { until, pin, preview } = strip
  return until && until[0] === pin && (preview === null || preview === pin) ? until : null
}

/**
 * A click that chooses the other end of a phrase; any other click lets go of the phrase.
 * @param {any} strip
 * @param {number} index
 * @param {{shiftKey: boolean}} event
 */
function choosePhrase(strip, index, event) {
  const { pin, data } = strip
  const ends = [pin, index].sort((a, b) => a - b)
  const inside = pin !== null && pin !== index && ends[1] < data.words.length
  const whole = inside && data.rows.includes(ends[0]) && data.rows.includes(ends[1])
  if ((event.shiftKey || strip.extending) && whole && data.task !== "classify") {
    strip.pin = ends[0]
    strip.until = ends
    strip.preview = strip.focused = null
    strip.sent = { value: ends[0], at: performance.now() }
    extend(strip, false)
    strip.markPin()
    strip.paint()
    strip.say()
    if (pin !== ends[0]) strip.setState?.("selected", ends[0])
    strip.setState?.("until", ends)
    return true
  }
  if (strip.until) {
    strip.until = null
    strip.setState?.("until", null)
  }
  return false
}

/** After new data: the phrase Python knows of, unless the reader has just chosen. @param {any} strip */
function keepPhrase(strip) {
  const fresh = performance.now() - strip.sent.at < STALE_MS
  if (!fresh) strip.until = strip.data.until
  strip.legend.phrase.hidden = strip.data.task === "classify"
  extend(strip, Boolean(strip.extending))
}

/**
 * The scores that explain a phrase: Python's, or the sum of its words' rows; its own words have none.
 * @param {any} strip
 * @param {number[]} ends
 */
function phraseRow(strip, [from, to]) {
  const { data, width } = strip
  const same = data.phrase && data.until?.[0] === from && data.until?.[1] === to
  const sums = same ? decodeFloats(data.phrase) : new Float32Array(width)
  for (let word = from; word <= to && !same; word++) {
    const row = strip.rowAt.get(word)
    for (let i = 0; i < width; i++) sums[i] += strip.scores[row * width + i] || 0
  }
  const reach = data.task === "causal" ? from : width
  return sums.slice(0, reach).map((score, i) => (i >= from && i <= to ? NaN : score))
}

/** Mark the words of the phrase. @param {any} strip @param {number[] | null} phrase */
function markPhrase(strip, phrase) {
  strip.cells.forEach((/** @type {Cell} */ { button: node }, /** @type {number} */ i) =>
    node.classList.toggle("phrase", Boolean(phrase && i >= phrase[0] && i <= phrase[1])),
  )
}

/**
 * How a phrase is called: “old wooden cabinet” (p = 0.1 %).
 * @param {any} strip
 * @param {number[]} ends
 * @returns {Part[]}
 */
function phraseSubject(strip, [from, to]) {
  const { words, rows, probability: likely } = strip.data
  const chosen = /** @type {Word[]} */ (words.slice(from, to + 1))
  const written = chosen.map((word, i) => (i && word.s ? " " : "") + word.t).join("")
  let p = 1
  rows.forEach((/** @type {number} */ word, /** @type {number} */ i) => {
    if (word >= from && word <= to) p *= likely[i] ?? 1
  })
  return saysParts("script-phrase.phrase", { phrase: { quote: visible(written) }, probability: probability(p) })
}
