// Which words led to this one? Every word is a possible answer and a possible cause: point at one,
// and the earlier words take the colours of its row of scores.

const LABELS = 8

/** A float32 matrix travels as base64 in the JSON: small and exact. @param {string} text */
function decodeFloats(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  return new Float32Array(bytes.buffer)
}

/** The largest size among scores. @param {Float32Array} scores */
function largest(scores) {
  let most = 0
  for (const score of scores) {
    const size = Math.abs(score)
    if (size > most && size < Infinity) most = size
  }
  return most
}

/** Legend: the bar, its ends in numbers, and the choice of scale. @param {any} strip */
function buildLegend(strip) {
  const bar = element("span", "bar")
  const low = element("span", "end")
  const high = element("span", "end")
  const note = element("span", "hint")
  const scale = element("span", "scale")
  scale.setAttribute("role", "group")
  scale.setAttribute("aria-label", says("script-saliency_strip.scale-of-the-colours"))
  const choices = [says("script-saliency_strip.this-word"), says("script-saliency_strip.whole-text")].map((text) => button("choice", text))
  scale.append(says("script-saliency_strip.scale"), ...choices)
  strip.ownScale = true
  choices.forEach((choice, i) => {
    const choose = () => {
      strip.ownScale = i === 0
      strip.paint()
    }
    choice.addEventListener("click", choose, { signal: strip.signal })
  })
  const ends = element("span", "ends")
  ends.append(low, bar, high)
  const phrase = phraseButton(strip)
  strip.frame.legend.append(ends, note, scale, phrase)
  return { bar, low, high, note, choices, phrase }
}

/**
 * The numbers at the ends of the bar.
 * @param {any} strip
 * @param {number} limit the score with the strongest colour
 * @param {string} unit
 */
function writeLegend(strip, limit, unit) {
  const { low, high, choices } = strip.legend
  const { signed } = strip.data
  const end = number(limit, Math.max(0, decimals(limit) - 1))
  const texts = signed
    ? [says("script-saliency_strip.pushes-down", { end, unit }), says("script-saliency_strip.pushes-up", { end, unit })]
    : ["0", `${end} ${unit}`]
  if (limit === 0) texts[0] = texts[1] = `0 ${unit}`
  if (low.textContent !== texts[0]) low.textContent = texts[0]
  if (high.textContent !== texts[1]) high.textContent = texts[1]
  choices[0].setAttribute("aria-pressed", String(Boolean(strip.ownScale)))
  choices[1].setAttribute("aria-pressed", String(!strip.ownScale))
}

/**
 * The scores that explain a target: those of the words before it, or of all words but itself.
 * @param {any} strip
 * @param {number | null} target
 * @returns {Float32Array | null}
 */
function rowOf(strip, target) {
  const row = strip.rowAt.get(target)
  if (target === null || row === undefined) return null
  const start = row * strip.width
  const width = strip.data.task === "causal" ? Math.min(strip.width, target) : strip.width
  return strip.scores.subarray(start, start + width)
}

/**
 * The words with the largest scores, and how to write those.
 * @param {any} strip
 * @param {Float32Array} row
 */
function ranked(strip, row) {
  const limit = largest(row)
  const places = decimals(limit)
  let total = 0
  const order = /** @type {number[]} */ ([])
  row.forEach((score, i) => {
    if (!Number.isFinite(score)) return
    total += Math.abs(score)
    if (Math.abs(score) > limit * 0.004) order.push(i)
  })
  order.sort((a, b) => Math.abs(row[b]) - Math.abs(row[a]) || a - b)
  const write = strip.data.signed
    ? (/** @type {number} */ i) => number(row[i], places, true)
    : (/** @type {number} */ i) => percent(Math.abs(row[i]) / total)
  return { order, write }
}

const SPOKEN = new Map([["⏎", says("script-saliency_strip.new-line")], ["⇥", says("script-saliency_strip.tab")], ["␣", says("script-saliency_strip.space")]])

/** A word in a sentence: white space in words. @param {string} name */
const spoken = (name) => SPOKEN.get(name) || name

/** The guess the target is set against, where it is. @param {any} strip @param {number | null} target */
function rivalOf(strip, target) {
  const { versus } = strip.data
  return versus && versus.row === target && !phraseOf(strip) ? versus : null
}

/** What the scores of a target are counted in. @param {any} strip @param {number | null} target */
const unitOf = (strip, target) => rivalOf(strip, target)?.unit || strip.data.unit

/**
 * How the target is called: “are” (p = 12 %); “are” (p = 12 %), rather than “is”,.
 * @param {any} strip
 * @param {number} target
 * @returns {Part[]}
 */
function subject(strip, target) {
  const phrase = phraseOf(strip)
  if (phrase) return phraseSubject(strip, phrase)
  const p = strip.data.probability?.[strip.rowAt.get(target)]
  const word = named(strip, target)
  const likely = typeof p === "number"
  const who = likely ? saysParts("script-saliency_strip.likely", { word, probability: probability(p) }) : word
  const rival = rivalOf(strip, target)
  if (!rival) return who
  return saysParts("script-saliency_strip.rather-than", { word: who, rival: { quote: spoken(rival.name) } })
}

/** A word of the text, the next word, or a class. @param {any} strip @param {number} target @returns {Part[]} */
function named(strip, target) {
  const word = { quote: spoken(strip.cells[target].name) }
  if (target < strip.data.words.length) return [word]
  if (strip.data.task === "classify") return saysParts("script-saliency_strip.class", { word })
  return saysParts("script-saliency_strip.next-word", { word })
}

/**
 * The readout in words.
 * @param {any} strip
 * @param {number | null} target
 * @param {Float32Array | null} row
 * @param {ReturnType<typeof ranked> | null} best
 * @returns {Part[]}
 */
function sentenceOf(strip, target, row, best) {
  if (target === null) return [says("script-saliency_strip.none")]
  if (!row || !best) {
    const word = { quote: strip.cells[target].name }
    const { task } = strip.data
    if (target === 0 && task === "causal") return saysParts("script-saliency_strip.first", { word })
    if (task === "classify") return saysParts("script-saliency_strip.part-of-the-answer", { word })
    return saysParts("script-saliency_strip.no-scores", { word })
  }
  const who = subject(strip, target)
  if (!best.order.length) return saysParts("script-saliency_strip.no-causes", { word: who })
  /** @returns {Part[]} */
  const cause = (/** @type {number} */ i) => [
    { name: spoken(strip.cells[i].name), nth: strip.nth[i] },
    ` ${best.write(i)}`,
  ]
  const list = (/** @type {number[]} */ indices) => joinParts(indices.map(cause))
  if (!strip.data.signed)
    return saysParts("script-saliency_strip.depends", { word: who, causes: list(best.order.slice(0, 4)) })
  const up = list(best.order.filter((i) => row[i] > 0).slice(0, 3))
  const down = list(best.order.filter((i) => row[i] < 0).slice(0, 2))
  const filled = { word: who, up, down, unit: unitOf(strip, target) }
  return target < strip.data.words.length ? wasMade(filled) : isMade(filled)
}

/** What made a word that was read likelier, and what less likely. @param {{up: Part[], down: Part[], [key: string]: any}} filled */
function wasMade(filled) {
  if (!filled.down.length) return saysParts("script-saliency_strip.was-likelier", filled)
  if (!filled.up.length) return saysParts("script-saliency_strip.was-less-likely", filled)
  return saysParts("script-saliency_strip.was-both", filled)
}

/** The same of a word or a class that is guessed. @param {{up: Part[], down: Part[], [key: string]: any}} filled */
function isMade(filled) {
  if (!filled.down.length) return saysParts("script-saliency_strip.is-likelier", filled)
  if (!filled.up.length) return saysParts("script-saliency_strip.is-less-likely", filled)
  return saysParts("script-saliency_strip.is-both", filled)
}

/** @type {Kind} */
const saliency = {
  prepare(strip) {
    const { data, theme } = strip
    if (strip.encoded !== data.w) {
      strip.encoded = data.w
      strip.scores = decodeFloats(data.w)
      strip.limit = largest(strip.scores)
    }
    strip.width = data.rows.length ? strip.scores.length / data.rows.length : 0
    strip.rowAt = new Map()
    data.rows.forEach((/** @type {number} */ word, /** @type {number} */ i) => {
      strip.rowAt.set(word, i)
    })
    strip.legend ||= buildLegend(strip)
    strip.ramp = data.signed ? theme.diverging : theme.sequential
    strip.legend.bar.style.backgroundImage = gradient(strip.ramp)
    keepPhrase(strip)
    strip.legend.note.textContent = data.signed ? "" : says("script-saliency_strip.under-words")
  },

  fallback: (strip) => strip.data.first,

  pinnable: (strip, index) => strip.rowAt.has(index),

  clicked: choosePhrase,

  view(strip, target) {
    const phrase = phraseOf(strip)
    const row = phrase ? phraseRow(strip, phrase) : rowOf(strip, target)
    const best = row && ranked(strip, row)
    markPhrase(strip, phrase)
    const limit = strip.ownScale && row ? largest(row) : strip.limit
    writeLegend(strip, limit, unitOf(strip, target))
    const { signed } = strip.data
    /** @param {number} i */
    const level = (i) => {
      if (!row || i >= row.length || i === target || !Number.isFinite(row[i])) return -1
      const part = limit ? Math.max(-1, Math.min(1, row[i] / limit)) : 0
      return Math.round(signed ? 127.5 + 127.5 * part : 255 * Math.abs(part))
    }
    return {
      ramp: strip.ramp,
      level,
      dim: (i) => i !== target && i < strip.width && level(i) < 0,
      labels: (best?.order || []).slice(0, LABELS).map((i) => [i, best?.write(i) || ""]),
      sentence: sentenceOf(strip, target, row, best),
    }
  },

  table(strip) {
    const names = strip.data.words.map((/** @type {Word} */ word) => word.t)
    return [
      ["index", "word", "probability", ...names],
      ...saliencyRows(strip).map((row) => [row.index, row.word, row.probability, ...row.scores]),
    ]
  },

  record(strip) {
    const { words, after, signed, unit, versus } = strip.data
    const names = words.map((/** @type {Word} */ word) => word.t)
    const behind = after.map((/** @type {Word} */ word) => word.t)
    const against = versus ? { versus } : {} // one row is of a contrast
    return { signed, unit, ...against, words: names, after: behind, rows: saliencyRows(strip) }
  },
}

/** Every row with what it explains; words that cannot matter have no score. @param {any} strip */
function saliencyRows(strip) {
  const { words, after, rows, task, probability: likely } = strip.data
  return rows.map((/** @type {number} */ index, /** @type {number} */ i) => {
    const row = Array.from(strip.scores.subarray(i * strip.width, (i + 1) * strip.width), exact)
    const matters = (/** @type {number} */ word) => (task === "causal" ? word < index : word !== index)
    const scores = row.map((score, word) => (matters(word) ? score : null))
    const word = [...words, ...after][index].t
    return { index, word, probability: likely?.[i] ?? null, scores }
  })
}

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  instance(parentElement, makeStrip(saliency)).update(data, readTheme(parentElement), setStateValue, setTriggerValue)
  return dispose(parentElement)
}
