// Where was the model surprised? Every word is coloured by its place among the model's guesses.

const BANDS = [
  { level: 0, text: says("script-surprise.band-10") },
  { level: 85, text: says("script-surprise.band-100") },
  { level: 160, text: says("script-surprise.band-1000") },
  { level: 235, text: says("script-surprise.band-beyond") },
]
const LABELS = 8
const CHANGES = 24 // after an edit, how many of them are labelled

/** Legend: one swatch a band, with the number of words in it. @param {any} strip */
function writeBands(strip) {
  const entries = BANDS.map(({ level, text }, band) => {
    const count = strip.data.band.filter((/** @type {number | null} */ b) => b === band).length
    const swatch = element("span", "swatch")
    swatch.style.backgroundColor = strip.theme.sequential.background[level]
    const entry = element("span", "band")
    const filled = { band: text, count: count.toLocaleString("en") }
    entry.append(swatch, count === 1 ? says("script-surprise.one-word", filled) : says("script-surprise.words", filled))
    return entry
  })
  const under = strip.data.was ? says("script-surprise.under-words-change") : says("script-surprise.under-words-bits")
  const hint = element("span", "hint", under)
  strip.frame.legend.replaceChildren(...entries, hint)
}

/**
 * What the model expected at a place, without the word that came.
 * @param {any} strip
 * @param {number} index
 * @returns {Part[]}
 */
function expectedAt(strip, index) {
  const guesses = /** @type {[string, number][]} */ (strip.data.expected?.[index] || [])
  const others = guesses.filter(([text]) => text !== strip.data.words[index].t).slice(0, 4)
  const shares = /** @type {Map<string, number>} */ (new Map()) // several may be “(part of a character)”
  for (const [text, p] of others) {
    const name = text ? seen(text) : wordName({ t: text })
    shares.set(name, (shares.get(name) || 0) + p)
  }
  return joinParts([...shares].map(([name, p]) => [{ name }, ` ${percent(p)}`]))
}

/**
 * The readout in words.
 * @param {any} strip
 * @param {number | null} target
 * @returns {Part[]}
 */
function surpriseSentence(strip, target) {
  if (target === null) return [says("script-surprise.none")]
  const { bits, rank, probability: likely } = strip.data
  const word = { quote: strip.cells[target].name }
  const amount = bits[target]
  if (amount === null) return saysParts("script-surprise.first", { word })
  const p = likely?.[target]
  const amounts = { bits: number(amount, 1), probability: typeof p === "number" ? probability(p) : "" }
  const surprised = amounts.probability ? says("script-surprise.bits-likely", amounts) : says("script-surprise.bits", amounts)
  const told = /** @type {Part[][]} */ ([[surprised], [placeAt(strip, target)]])
  const was = changeAt(strip, target)
  const change = was !== null && { change: number(was, 1, true), before: number(amount - was, 1) }
  if (change) told.push([says("script-surprise.since", change)])
  const words = expectedAt(strip, target)
  if (words.length && rank[target] === 1) told.push(saysParts("script-surprise.after-it", { words }))
  else if (words.length) told.push(saysParts("script-surprise.instead", { words }))
  return saysParts("script-surprise.sentence", { word, told: joinParts(told, says("script-surprise.between")) })
}

/** Where a word, or its rarest piece, stood among the guesses. @param {any} strip @param {number} target */
function placeAt(strip, target) {
  const { rank, vocabulary, pieces } = strip.data
  const filled = { rank: ordinal(rank[target]), all: vocabulary.toLocaleString("en"), count: pieces[target] }
  const best = rank[target] === 1
  if (filled.count > 1)
    return best ? says("script-surprise.pieces-first", filled) : says("script-surprise.pieces-nth", filled)
  return best ? says("script-surprise.place-first", filled) : says("script-surprise.place-nth", filled)
}

/** By how many bits an edit changed a word's surprise; null for a new word. @param {any} strip @param {number} i */
function changeAt(strip, i) {
  const { was, bits } = strip.data
  return was && was[i] !== null && bits[i] !== null ? bits[i] - was[i] : null
}

/** What stands under the words: surprise, or after an edit what it changed; the largest first. @param {any} strip */
function underWords(strip) {
  const { bits, was } = strip.data
  if (!was) return strip.order.slice(0, LABELS).map((/** @type {number} */ i) => [i, number(bits[i], 1)])
  const moved = strip.order.filter((/** @type {number} */ i) => Math.abs(changeAt(strip, i) || 0) >= 0.05)
  const size = (/** @type {number} */ i) => Math.abs(changeAt(strip, i) || 0)
  moved.sort((/** @type {number} */ a, /** @type {number} */ b) => size(b) - size(a) || a - b)
  return moved.slice(0, CHANGES).map((/** @type {number} */ i) => [i, number(changeAt(strip, i) || 0, 1, true)])
}

/** Words from the most to the least surprising. @param {any} strip */
function bySurprise(strip) {
  const bits = /** @type {(number | null)[]} */ (strip.data.bits)
  const known = bits.flatMap((amount, i) => (amount === null ? [] : [i]))
  return known.sort((a, b) => Number(bits[b]) - Number(bits[a]) || a - b)
}

/** @param {any} strip */
function surpriseRows(strip) {
  const { words, bits, rank, band, probability: likely, expected } = strip.data
  return words.map((/** @type {Word} */ word, /** @type {number} */ i) => ({
    index: i,
    word: word.t,
    bits: bits[i],
    rank: rank[i],
    band: band[i],
    pieces: strip.data.pieces[i],
    probability: likely?.[i] ?? null,
    expected: (expected?.[i] || []).map((/** @type {[string, number]} */ [text, p]) => ({
      word: text,
      probability: p,
    })),
  }))
}

/** @type {Kind} */
const surprise = {
  prepare(strip) {
    strip.order = bySurprise(strip)
    strip.labels = underWords(strip)
    writeBands(strip)
  },

  // Nothing pinned: the most surprising word.
  fallback: (strip) => strip.order[0] ?? null,

  pinnable: (strip, index) => strip.data.bits[index] !== null,

  view(strip, target) {
    const band = strip.data.band
    return {
      ramp: strip.theme.sequential,
      level: (i) => BANDS[band[i] ?? -1]?.level ?? -1,
      dim: (i) => band[i] === null,
      labels: strip.labels,
      sentence: surpriseSentence(strip, target),
    }
  },

  table(strip) {
    const rows = surpriseRows(strip)
    const most = Math.max(0, ...rows.map((/** @type {any} */ row) => row.expected.length))
    const places = Array.from({ length: most }, (_, i) => i)
    const heads = places.map((i) => [`guess ${i + 1}`, `p ${i + 1}`])
    return [
      ["index", "word", "bits", "rank", "band", "probability", ...heads.flat()],
      ...rows.map((/** @type {any} */ row) => [
        row.index,
        row.word,
        row.bits,
        row.rank,
        row.band,
        row.probability,
        ...places.flatMap((i) => {
          const guess = row.expected[i]
          return guess ? [guess.word, guess.probability] : [null, null]
        }),
      ]),
    ]
  },

  record: (strip) => ({ vocabulary: strip.data.vocabulary, words: surpriseRows(strip) }),
}
