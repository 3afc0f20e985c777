// Numbers and characters as a reader sees them.

const NBSP = "\u00a0"

/** How many decimals show a number of this size with three figures. @param {number} size */
function decimals(size) {
  if (!(size > 0)) return 0
  return Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size))))
}

/**
 * A number with a true minus sign; very small ones as a power of ten.
 * @param {number} value
 * @param {number} places
 * @param {boolean} [sign] write a plus, too
 */
function number(value, places, sign = false) {
  const size = Math.abs(value)
  const tiny = size > 0 && size < 0.5 * 10 ** -places
  const power = size.toExponential(1).replace("-", "−")
  const digits = tiny && places >= 6 ? power : size.toFixed(places)
  if (Number(digits) === 0) return digits
  return (value < 0 ? "−" : sign ? "+" : "") + digits
}

/** A share from 0 to 1 as a percentage. @param {number} share */
function percent(share) {
  if (share > 0 && share < 0.00005) return `< 0.01${NBSP}%`
  const value = share * 100
  const places = value >= 9.95 && value < 99.5 ? 0 : value >= 0.95 ? 1 : 2
  return `${value.toFixed(places).replace(/^100\.0+$/, "100")}${NBSP}%`
}

/** “p = 12 %”, or “p < 0.01 %” where rounding would say nothing. @param {number} p */
function probability(p) {
  if (p < 0.00005) return `p < 0.01${NBSP}%`
  if (p > 0.9995) return `p > 99.9${NBSP}%`
  return `p = ${percent(p)}`
}

/** 1st, 2nd, 1,204th. @param {number} rank */
function ordinal(rank) {
  const teen = rank % 100 >= 11 && rank % 100 <= 13
  const filled = { rank: rank.toLocaleString("en") }
  const last = teen ? 0 : rank % 10
  if (last === 1) return says("script-format.ends-in-1st", filled)
  if (last === 2) return says("script-format.ends-in-2nd", filled)
  return last === 3 ? says("script-format.ends-in-3rd", filled) : says("script-format.nth", filled)
}

const DOTTED = "◌"
// Characters nobody sees: soft hyphen, zero-width and direction marks, fillers, separators.
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\u2028\u2029\ufff9-\ufffb]/u

/**
 * Make every character of a text visible. Joiners and variation selectors stay where they do
 * their work, inside an emoji or a Persian word.
 * @param {string} text
 */
function visible(text) {
  const characters = [...text]
  return characters
    .map((character, i) => {
      const code = /** @type {number} */ (character.codePointAt(0))
      if (code < 0x20) return String.fromCharCode(0x2400 + code)
      if (code === 0x7f) return "␡"
      if (code < 0xa0 && code > 0x7f) return DOTTED
      const joins = code === 0x200c || code === 0x200d
      if (joins && i > 0 && i < characters.length - 1) return character
      const selects = (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0020 && code <= 0xe007f) // a look, a region's flag
      if (selects && i > 0) return character
      return INVISIBLE.test(character) ? DOTTED : character
    })
    .join("")
}

const UNSEEN = {
  "\u00ad": says("script-format.soft-hyphen"),
  "\u200b": says("script-format.zero-width-space"),
  "\u200c": says("script-format.zero-width-non-joiner"),
  "\u200d": says("script-format.zero-width-joiner"),
  "\u200e": says("script-format.left-to-right-mark"),
  "\u200f": says("script-format.right-to-left-mark"),
  "\ufe0f": says("script-format.variation-selector-16"),
  "\ufeff": says("script-format.zero-width-no-break-space"),
}

/**
 * A guess as one reads it: `visible`, or the name of what nobody sees, as `named` of interpret/sentences.py has it.
 * @param {string} text
 */
function seen(text) {
  const marks = [...new Set(text.trim())]
  if (!marks.length || !marks.every((mark) => mark in UNSEEN)) return visible(text)
  return marks.length > 1 ? says("script-format.unseen-marks") : `(${UNSEEN[/** @type {keyof UNSEEN} */ (marks[0])]})`
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })

/**
 * The beginning of a long text, cut between whole characters.
 * @param {string} text
 * @param {number} length
 */
function shorten(text, length) {
  if (text.length <= length) return text
  const parts = [...graphemes.segment(text)].map((part) => part.segment)
  return parts.length <= length ? text : parts.slice(0, length - 1).join("") + "…"
}
