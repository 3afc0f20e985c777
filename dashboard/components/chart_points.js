// What a Plotly chart says when one points at it, point by point, for a page that has no Plotly.

/**
 * @typedef {object} Point A place on the picture, in pixels, and what it stands for.
 * @property {number[]} box left, top, right, bottom
 * @property {string} said
 * @property {(string | number | null)[]} row trace, x, y and, of a map, its value
 */

const MOST_POINTS = 10_000

/** A text of Plotly's without its marks. @param {unknown} text */
function bareText(text) {
  const letters = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'", "&#37;": "%", "&amp;": "&" }
  return String(text ?? "")
    .replace(/<br\s*\/?>/g, " ")
    .replace(/<\/?(b|i|em|strong|sup|sub|span)\b[^>]*>/g, "")
    .replace(/&(lt|gt|quot|#39|#x27|#37|amp);/g, (name) => letters[/** @type {keyof letters} */ (name)])
}

/** A number as d3's short formats write it: +, $ (see look.py), a comma, decimals, ~, and f, %, d, s. @param {any} v @param {string} how */
function asWritten(v, how) {
  const known = /^([+]?)\$?(,?)(?:\.(\d+))?(~?)([fds%]?)$/.exec(how)
  if (typeof v !== "number" || !known) return bareText(v)
  if (!Number.isFinite(v)) return "–"
  const [, plus, comma, digits, trim, kind] = known
  const share = kind === "%"
  const [value, unit] = kind === "s" ? inThousands(v) : [share ? 100 * v : v, share ? `${NBSP}%` : ""]
  const places = digits === undefined ? (kind === "d" ? 0 : kind ? 6 : 12) : Number(digits)
  const counted = kind === "s" || !kind // digits in all, not behind the point
  let text = counted ? String(Math.abs(Number(value.toPrecision(places || 1)))) : Math.abs(value).toFixed(places)
  if (trim && text.includes(".")) text = text.replace(/\.?0+$/, "")
  if (comma) text = text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","))
  return `${value < 0 ? "−" : plus}${text}${unit}`
}

/** @param {number} v @returns {[number, string]} */
function inThousands(v) {
  const step = Math.max(-2, Math.min(3, Math.floor(Math.log10(Math.abs(v) || 1) / 3)))
  return [v / 1000 ** step, ["µ", "m", "", "k", "M", "G"][step + 2]]
}

/** What stands at an axis where a value is. @param {any} axis @param {any} v */
function tickAt(axis, v) {
  const at = axis.tickmode === "array" && axis.ticktext ? [...(axis.tickvals || [])].indexOf(v) : -1
  return at < 0 ? (typeof v === "bigint" ? Number(v) : (v ?? null)) : bareText(axis.ticktext[at])
}

/**
 * The words for one point, from Plotly's template of its trace.
 * @param {any} trace @param {Record<string, any>} at
 */
function saidOf(trace, at) {
  const template = Array.isArray(trace.hovertemplate) ? trace.hovertemplate[at.i] : trace.hovertemplate
  const hover = Array.isArray(trace.hovertext) ? trace.hovertext[at.i] : trace.hovertext
  if (!template && hover) return bareText(hover)
  if (!template) {
    const known = [at.x, at.y, at.z].filter((v) => v !== undefined)
    return known.map((v) => asWritten(v, ".4~f")).join(", ")
  }
  const name = /<extra>(.*?)<\/extra>/.exec(template)?.[1]
  const body = template.replace(/<extra>.*?<\/extra>/, "")
  const filled = (/** @type {string} */ text) =>
    text.replace(/%\{(\w+)(?:\[(\d+)\])?(?::([^}]*))?\}/g, (_, field, place, how) => {
      const value = place === undefined ? at[field] : at[field]?.[place]
      return asWritten(typeof value === "bigint" ? Number(value) : value, how || "")
    })
  return bareText(filled(body) + (name ? ` (${filled(name)})` : ""))
}

/** One value of a column, of whichever of Plotly's kinds it is. @param {any} column @param {number} i */
const entry = (column, i) => (column && typeof column === "object" ? column[i] : column)

/** @param {any} trace @param {any} xa @param {any} ya @returns {Point[]} */
function cellsOf(trace, xa, ya) {
  const points = /** @type {Point[]} */ ([])
  const half = (/** @type {any} */ axis) => Math.abs(axis.d2p(1) - axis.d2p(0)) / 2 || 4
  ;[...trace.z].forEach((line, r) =>
    [...line].forEach((z, c) => {
      if (z === null || Number.isNaN(z)) return
      const [x, y] = [trace.x?.[c] ?? c, trace.y?.[r] ?? r]
      const [px, py] = [xa._offset + xa.d2p(x), ya._offset + ya.d2p(y)]
      const at = { x, y, z, i: r, text: trace.text?.[r]?.[c], customdata: trace.customdata?.[r]?.[c] }
      const hover = trace.hovertext?.[r]?.[c]
      const named = { ...at, x: tickAt(xa, x), y: tickAt(ya, y) }
      const said = hover ? bareText(hover) : saidOf({ ...trace, hovertext: null }, named)
      const box = [px - half(xa), py - half(ya), px + half(xa), py + half(ya)]
      points.push({ box, said, row: [bareText(trace.name), named.x, named.y, z] })
    }),
  )
  return points
}

/** @param {any[]} drawn @param {any} trace @param {any} xa @param {any} ya @returns {Point[]} */
function marksAlong(drawn, trace, xa, ya) {
  const count = Math.max(trace.x?.length || 0, trace.y?.length || 0)
  return Array.from({ length: count }, (_, i) => {
    const [x, y] = [trace.x?.[i] ?? i, trace.y?.[i] ?? i]
    let box = [xa._offset + xa.d2p(x), ya._offset + ya.d2p(y)]
    const bar = trace.type === "bar" && drawn[i]
    if (bar) {
      const [along, across] = trace.orientation === "h" ? [xa, ya] : [ya, xa]
      const long = [bar.b, bar.b + bar.s].map((v) => along._offset + along.c2p(v)).sort((a, b) => a - b)
      const wide = [bar.p0, bar.p1].map((v) => across._offset + across.c2p(v)).sort((a, b) => a - b)
      box = trace.orientation === "h" ? [long[0], wide[0], long[1], wide[1]] : [wide[0], long[0], wide[1], long[1]]
    } else box = [...box, ...box]
    const at = { x, y, i, text: entry(trace.text, i), customdata: entry(trace.customdata, i) }
    return { box, said: saidOf(trace, at), row: [bareText(trace.name), tickAt(xa, x), tickAt(ya, y), null] }
  }).filter((point) => point.box.every(Number.isFinite))
}

/**
 * The points of a chart, as far as it says something about them.
 * @param {any} chart Plotly's element: `calcdata` holds what is drawn, `_fullLayout` where
 * @returns {Point[]}
 */
function pointsOf(chart) {
  const points = (chart.calcdata || []).flatMap((/** @type {any[]} */ drawn) => {
    const trace = drawn[0]?.trace
    const axis = (/** @type {string} */ name) => chart._fullLayout[name.replace(/^([xy])/, "$1axis")]
    const [xa, ya] = [axis(trace?.xaxis || "x"), axis(trace?.yaxis || "y")]
    if (!trace || trace.visible !== true || trace.hoverinfo === "skip" || !xa?.d2p || !ya?.d2p) return []
    if (trace.type === "heatmap") return cellsOf(trace, xa, ya)
    return trace.type === "box" ? [] : marksAlong(drawn, trace, xa, ya)
  })
  return points.slice(0, MOST_POINTS)
}

/** What the saved page does: it says what one points at, or walks to with the arrow keys. It knows nothing of here. */
function followPointer() {
  const { points, head } = JSON.parse(document.getElementById("view")?.textContent || "{}")
  const figure = /** @type {HTMLElement} */ (document.querySelector("figure"))
  const picture = /** @type {SVGSVGElement} */ (figure.querySelector("svg"))
  const said = /** @type {HTMLElement} */ (document.getElementById("said"))
  const ring = /** @type {HTMLElement} */ (document.getElementById("ring"))
  let now = -1
  const show = (/** @type {number} */ i) => {
    now = i
    ring.hidden = said.hidden = i < 0
    if (i < 0) return
    const [left, top, right = left, bottom = top] = points[i].box
    const scale = picture.getBoundingClientRect().width / picture.viewBox.baseVal.width
    said.textContent = points[i].said
    const small = right - left < 6 && bottom - top < 6
    const pad = small ? 6 : 1
    ring.style.borderRadius = small ? "50%" : "3px"
    const box = { left: left - pad, top: top - pad, width: right - left + 2 * pad, height: bottom - top + 2 * pad }
    for (const [name, v] of Object.entries(box)) ring.style.setProperty(name, `${v * scale}px`)
    const wide = said.offsetWidth
    said.style.left = `${Math.max(0, Math.min(figure.clientWidth - wide, right * scale + 8))}px`
    said.style.top = `${Math.max(0, top * scale - said.offsetHeight - 6)}px`
  }
  const nearest = (/** @type {PointerEvent} */ event) => {
    const at = picture.getBoundingClientRect()
    const scale = at.width / picture.viewBox.baseVal.width
    const [x, y] = [(event.clientX - at.x) / scale, (event.clientY - at.y) / scale]
    let [best, least] = [-1, 24]
    points.forEach((/** @type {any} */ { box: [left, top, right = left, bottom = top] }, /** @type {number} */ i) => {
      const far = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom))
      if (far < least) [best, least] = [i, far]
    })
    return best
  }
  figure.addEventListener("pointermove", (event) => show(nearest(event)))
  figure.addEventListener("pointerdown", (event) => show(nearest(event)))
  figure.addEventListener("pointerleave", () => show(-1))
  figure.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (event.key === "Escape") show(-1)
    if (!step || !points.length) return
    event.preventDefault()
    show((now + step + points.length) % points.length)
  })
  const table = /** @type {HTMLTableElement} */ (document.querySelector("table"))
  const line = (/** @type {any[]} */ cells, /** @type {string} */ tag) => {
    const row = table.insertRow()
    for (const value of cells) {
      const cell = document.createElement(tag)
      cell.textContent = value === null ? "" : String(value)
      row.append(cell)
    }
  }
  line(head, "th")
  for (const point of points) line([...point.row, point.said], "td")
}
