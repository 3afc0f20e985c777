// The path of an SVG shape in the words of a PDF: absolute lines and cubic curves, nothing else.

const NUMBERS_OF = { M: 2, L: 2, H: 1, V: 1, C: 6, S: 4, Q: 4, T: 2, A: 7, Z: 0 }
/** @param {number} v */
const short = (v) => Number(v.toFixed(3))
/** A path as PDF knows it: absolute lines and cubic curves. @param {string} d */
function curvesOf(d) {
  const out = /** @type {string[]} */ ([])
  const pen = { x: 0, y: 0, x0: 0, y0: 0, cx: 0, cy: 0, before: "", out }
  for (const [, letter, rest] of d.matchAll(/([a-zA-Z])([^a-zA-Z]*(?:e[-+]?\d+[^a-zA-Z]*)*)/g)) {
    const kind = letter.toUpperCase()
    const step = NUMBERS_OF[/** @type {keyof NUMBERS_OF} */ (kind)]
    if (kind === "Z") {
      out.push("h")
      Object.assign(pen, { x: pen.x0, y: pen.y0, before: kind })
    }
    if (!step) continue
    const all = numbersOf(rest, kind === "A")
    for (let i = 0; i + step <= all.length; i += step) {
      const numbers = all.slice(i, i + step)
      goOn(pen, kind === "M" && i ? "L" : kind, letter === kind ? numbers : absolute(pen, kind, numbers))
    }
  }
  return out.join("\n")
}

/** Numbers relative to the pen as absolute ones. @param {any} pen @param {string} kind @param {number[]} numbers */
function absolute(pen, kind, numbers) {
  if (kind === "H" || kind === "V") return [numbers[0] + (kind === "H" ? pen.x : pen.y)]
  const first = kind === "A" ? 5 : 0
  return numbers.map((v, k) => (k < first ? v : v + ((k - first) % 2 ? pen.y : pen.x)))
}

/** One step of a path. @param {any} pen @param {string} kind @param {number[]} at */
function goOn(pen, kind, at) {
  const { x, y, cx, cy, before } = pen
  const cubic = (/** @type {number[]} */ part) => {
    pen.out.push(`${part.map(short).join(" ")} c`)
    ;[pen.cx, pen.cy, pen.x, pen.y] = part.slice(2)
  }
  const mirrored = (/** @type {string} */ kinds) =>
    before && kinds.includes(before) ? [2 * x - cx, 2 * y - cy] : [x, y]
  if ("MLHV".includes(kind)) {
    ;[pen.x, pen.y] = kind === "H" ? [at[0], y] : kind === "V" ? [x, at[0]] : at
    if (kind === "M") [pen.x0, pen.y0] = at
    pen.out.push(`${short(pen.x)} ${short(pen.y)} ${kind === "M" ? "m" : "l"}`)
  } else if (kind === "C") cubic(at)
  else if (kind === "S") cubic([...mirrored("CS"), ...at])
  else if (kind === "A") for (const part of arc(x, y, at)) cubic(part)
  else {
    const [qx, qy] = kind === "Q" ? at : mirrored("QT")
    const [ex, ey] = at.slice(-2)
    const third = (/** @type {number} */ from, /** @type {number} */ to) => from + (2 / 3) * (to - from)
    cubic([third(x, qx), third(y, qy), third(ex, qx), third(ey, qy), ex, ey])
    ;[pen.cx, pen.cy] = [qx, qy]
  }
  pen.before = kind
}

/** The numbers of a path's command; the flags of an arc may stand together. @param {string} text @param {boolean} arcs */
function numbersOf(text, arcs) {
  if (!arcs) return (text.match(/[-+]?(?:\d*\.\d+|\d+\.?)(?:e[-+]?\d+)?/gi) || []).map(Number)
  const one = "([-+]?(?:\\d*\\.\\d+|\\d+\\.?)(?:e[-+]?\\d+)?)[\\s,]*"
  const flag = "([01])[\\s,]*"
  const arc = new RegExp(one.repeat(3) + flag.repeat(2) + one.repeat(2), "gi")
  return [...text.matchAll(arc)].flatMap((found) => found.slice(1).map(Number))
}

/**
 * An arc of an ellipse as cubic curves of at most a quarter turn (SVG 2, appendix B.2.4).
 * @param {number} x0 @param {number} y0 @param {number[]} given
 */
function arc(x0, y0, [rx, ry, tilt, large, sweep, x1, y1]) {
  if (!rx || !ry) return [[x0, y0, x1, y1, x1, y1]]
  const [cos, sin] = [Math.cos((tilt * Math.PI) / 180), Math.sin((tilt * Math.PI) / 180)]
  const [dx, dy] = [(x0 - x1) / 2, (y0 - y1) / 2]
  const [px, py] = [cos * dx + sin * dy, cos * dy - sin * dx]
  const grow = Math.sqrt(Math.max(1, (px / rx) ** 2 + (py / ry) ** 2))
  const [a, b] = [Math.abs(rx) * grow, Math.abs(ry) * grow]
  const rest = (a * b) ** 2 / ((a * py) ** 2 + (b * px) ** 2 || 1) - 1
  const far = (large === sweep ? -1 : 1) * Math.sqrt(Math.max(0, rest))
  const [ux, uy] = [(far * a * py) / b, (-far * b * px) / a]
  const [mx, my] = [cos * ux - sin * uy + (x0 + x1) / 2, sin * ux + cos * uy + (y0 + y1) / 2]
  const from = Math.atan2((py - uy) / b, (px - ux) / a)
  let turn = Math.atan2((-py - uy) / b, (-px - ux) / a) - from
  if (sweep && turn < 0) turn += 2 * Math.PI
  if (!sweep && turn > 0) turn -= 2 * Math.PI
  const parts = Math.max(1, Math.ceil(Math.abs(turn) / (Math.PI / 2) - 1e-9))
  const t = (4 / 3) * Math.tan(turn / parts / 4)
  const at = (/** @type {number} */ u, /** @type {number} */ v) => [
    mx + cos * a * u - sin * b * v,
    my + sin * a * u + cos * b * v,
  ]
  return Array.from({ length: parts }, (_, i) => {
    const [s, e] = [from + (turn * i) / parts, from + (turn * (i + 1)) / parts]
    const [cs, ss, ce, se] = [Math.cos(s), Math.sin(s), Math.cos(e), Math.sin(e)]
    return [...at(cs - t * ss, ss + t * cs), ...at(ce + t * se, se - t * ce), ...at(ce, se)]
  })
}
