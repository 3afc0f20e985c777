// The numbers behind the pictures of attention: read once from base64, then rows, marks, hues and colours.

/** @typedef {{layer: number, head: number}} Head Layer and head, both from 0. */

/** Bytes of base64 as whole numbers of 8 or 16 bits. @param {string} text @param {number} bits */
function decodeLevels(text, bits) {
  const letters = atob(text)
  const bytes = new Uint8Array(letters.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i)
  return bits === 16 ? new Uint16Array(bytes.buffer) : bytes
}

/**
 * Maps (layers, heads, asking, looked at) as Python wrote them: square roots of sizes, in levels.
 * A map of a model that only looks back travels as its lower triangle.
 */
class Levels {
  /** @param {any} packed */
  constructor(packed) {
    const { w, bits, layers, heads, askers, tokens, back, limit, signed } = packed
    Object.assign(this, { layers, heads, askers, tokens, back, limit, signed })
    this.levels = decodeLevels(w, bits)
    this.half = signed ? (bits === 16 ? 32767 : 127) : 0
    this.top = signed ? this.half : bits === 16 ? 65535 : 255
    this.size = back ? (tokens * (tokens + 1)) / 2 : askers * tokens
  }

  /** The values that levels stand for, each once. */
  known() {
    this.table ||= Float32Array.from({ length: this.top + this.half + 1 }, (_, at) => {
      const level = at - this.half
      return (Math.sign(level) * level * level * this.limit) / (this.top * this.top)
    })
    return this.table
  }

  /** One value. @param {number} layer @param {number} head @param {number} q @param {number} k */
  at(layer, head, q, k) {
    return this.back && k > q ? 0 : this.known()[this.levels[this.start(layer, head, q) + k]]
  }

  /** Where a row begins. @param {number} layer @param {number} head @param {number} q */
  start(layer, head, q) {
    const before = this.back ? (q * (q + 1)) / 2 : q * this.tokens
    return (layer * this.heads + head) * this.size + before
  }

  /** @param {number} layer @param {number} head @param {number} q */
  row(layer, head, q) {
    const [table, start] = [this.known(), this.start(layer, head, q)]
    const found = new Float32Array(this.tokens)
    const end = this.back ? q + 1 : this.tokens
    for (let k = 0; k < end; k++) found[k] = table[this.levels[start + k]]
    return found
  }
}

const LEAST = 0.05 // of a row: less than that left is nothing to be made 100 % of

/**
 * A row without what rests on marks: made a share of the rest where rows are shares.
 * @param {Float32Array} row
 * @param {number[]} sinks
 * @param {boolean} shares
 */
function withoutMarks(row, sinks, shares) {
  let left = 0
  for (const k of sinks) row[k] = 0
  for (const value of row) left += value
  if (!shares) return row
  const factor = left < LEAST ? 0 : 1 / left
  for (let k = 0; k < row.length; k++) row[k] *= factor
  return row
}

/**
 * The largest entries of a row that together make up a share of it; the others become 0.
 * @param {Float32Array} row
 * @param {number} share from 0 to 1
 */
function strongestOf(row, share) {
  if (share >= 1) return row
  const order = Array.from(row.keys()).sort((a, b) => Math.abs(row[b]) - Math.abs(row[a]))
  let whole = 0
  for (const value of row) whole += Math.abs(value)
  let sum = 0
  const kept = new Float32Array(row.length)
  for (const k of order) {
    if (sum >= share * whole) break
    kept[k] = row[k]
    sum += Math.abs(row[k])
  }
  return kept
}

/** The theme's colours for several heads at once. @param {HTMLElement | ShadowRoot} parent */
function readHues(parent) {
  const style = getComputedStyle("host" in parent ? parent.host : parent)
  return style
    .getPropertyValue("--st-chart-categorical-colors")
    .split(/,(?![^(]*\))/)
    .map((colour) => colour.trim())
}

/** Where a value stands in a ramp of 256, by the root of its size. @param {number} value @param {number} limit @param {boolean} signed */
function rootLevel(value, limit, signed) {
  const part = limit > 0 ? Math.min(1, Math.sqrt(Math.abs(value) / limit)) : 0
  return Math.round(signed ? 127.5 + 127.5 * part * Math.sign(value) : 255 * part)
}

/** A ramp as bytes, three a colour. @param {Ramp} ramp */
function rampBytes(ramp) {
  return Uint8Array.from(ramp.background.flatMap((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))))
}

/** A canvas of this size in CSS pixels, sharp on any screen. @param {HTMLCanvasElement} canvas @param {number} w @param {number} h */
function sized(canvas, w, h) {
  const scale = window.devicePixelRatio || 1
  canvas.width = Math.round(w * scale)
  canvas.height = Math.round(h * scale)
  canvas.style.width = `${w}px`
  canvas.style.height = `${h}px`
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
  context.setTransform(scale, 0, 0, scale, 0, 0)
  return context
}
