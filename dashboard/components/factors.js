// Which units work together? A line for each factor along the text; point at one and the text takes its colour.

const SVG = "http://www.w3.org/2000/svg"
const HEIGHT = 30

/** @param {string} tag @param {Record<string, string | number>} attributes */
function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value))
  return node
}

/** Its share of the activations, and how steady a factor is from seed to seed. @param {number} stability @param {string} share */
function steadiness(stability, share) {
  if (stability >= 0.9) return says("script-factors.steady", { share })
  return stability >= 0.7 ? says("script-factors.fairly-steady", { share }) : says("script-factors.unsteady", { share })
}

/** One factor's row: name, share and steadiness, its line. @param {any} strip @param {number} k */
function makeRow(strip, k) {
  const { values, names, stability, share } = strip.data
  const row = /** @type {HTMLElement} */ (button("factor"))
  const swatch = element("span", "swatch")
  swatch.style.backgroundColor = strip.hues[k].background[255]
  const head = element("span", "head")
  const name = says("script-factors.factor", { number: k + 1 })
  head.append(element("strong", "", name), ` ${steadiness(stability[k], percent(share[k]))}`)
  const top = element("bdi", "top", names[k])
  const width = Math.max(1, values[k].length - 1)
  const line = shape("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" })
  const points = values[k].map((/** @type {number} */ v, /** @type {number} */ t) => `${t} ${HEIGHT - 2 - v * (HEIGHT - 4)}`)
  const path = `M0 ${HEIGHT} L${points.join(" L")} L${width} ${HEIGHT} Z`
  line.append(shape("path", { d: path, class: "area", fill: strip.hues[k].background[255] }))
  const at = shape("line", { class: "at", y1: 0, y2: HEIGHT, x1: -9, x2: -9 })
  line.append(at)
  row.append(swatch, head, top, line)
  row.dataset.factor = String(k)
  row.setAttribute("aria-label", says("script-factors.strongest", { number: k + 1, words: names[k] }))
  return { row, at }
}

/** The rows of all factors. @param {any} strip */
function buildRows(strip) {
  if (!strip.rowsBox) {
    strip.rowsBox = element("div", "factors")
    strip.frame.words.after(strip.rowsBox)
    const options = { signal: strip.signal }
    const of = (/** @type {Event} */ event) => {
      const node = /** @type {Element} */ (event.target).closest(".factor")
      return node ? Number(/** @type {HTMLElement} */ (node).dataset.factor) : null
    }
    const show = (/** @type {number | null} */ k) => {
      if (strip.looked === k) return
      strip.looked = k
      strip.paint()
    }
    strip.rowsBox.addEventListener("pointerover", (/** @type {Event} */ event) => show(of(event)), options)
    strip.rowsBox.addEventListener("pointerleave", () => show(null), options)
    strip.rowsBox.addEventListener("focusin", (/** @type {Event} */ event) => show(of(event)), options)
    strip.rowsBox.addEventListener("focusout", () => show(null), options)
    strip.rowsBox.addEventListener("click", (/** @type {Event} */ event) => {
      const k = of(event)
      if (k === null) return
      strip.locked = strip.locked === k ? null : k
      strip.data = { ...strip.data, locked: strip.locked } // a saved page opens so
      strip.paint()
      strip.say()
      strip.setState?.("held", { of: strip.data.of, at: strip.locked === null ? "" : String(k + 1) })
    }, options)
  }
  strip.rows = strip.data.values.map((/** @type {unknown} */ _, /** @type {number} */ k) => makeRow(strip, k))
  strip.rowsBox.replaceChildren(...strip.rows.map((/** @type {{row: HTMLElement}} */ one) => one.row))
}

/** The factor that is shown alone, if one is. @param {any} strip */
const alone = (strip) => strip.looked ?? strip.locked ?? null

/** The factor that is strongest at a token. @param {any} strip @param {number} i */
function strongest(strip, i) {
  let best = 0
  strip.data.values.forEach((/** @type {number[]} */ row, /** @type {number} */ k) => {
    if (row[i] > strip.data.values[best][i]) best = k
  })
  return best
}

/** @param {any} strip @param {number | null} target @returns {Part[]} */
function factorSentence(strip, target) {
  const k = alone(strip)
  const { values, names, units } = strip.data
  if (k !== null) {
    return [says("script-factors.one", { number: k + 1, words: names[k], units: units[k].join(", ") })]
  }
  if (target === null) return [says("script-factors.point")]
  const order = values.map((/** @type {number[]} */ row, /** @type {number} */ i) => [row[target], i])
  order.sort((/** @type {number[]} */ a, /** @type {number[]} */ b) => b[0] - a[0])
  const told = order.slice(0, 3).map(([value, i]) => says("script-factors.at", { number: i + 1, share: percent(value) }))
  const filled = { token: { quote: strip.cells[target].name }, factors: told.join(", ") }
  const own = target >= values[0].length - strip.data.written
  return own ? saysParts("script-factors.written", filled) : saysParts("script-factors.read", filled)
}

/** @type {Kind} */
const factors = {
  prepare(strip) {
    const { of, values, stability, locked } = strip.data
    const rows = JSON.stringify([of, values, stability, strip.theme])
    if (strip.rowsOf === rows) return // an answer to what was told; new rows would take the focus away
    strip.rowsOf = rows
    if (strip.lockedOf !== of) strip.locked = locked
    strip.lockedOf = of
    strip.hues = strip.data.values.map((/** @type {unknown} */ _, /** @type {number} */ k) => {
      const colours = strip.theme.categorical
      return makeRamp([strip.theme.background, colours[k % colours.length]])
    })
    strip.joined = {
      background: strip.hues.flatMap((/** @type {Ramp} */ hue) => hue.background),
      text: strip.hues.flatMap((/** @type {Ramp} */ hue) => hue.text),
    }
    strip.looked = null
    buildRows(strip)
    strip.frame.legend.textContent = says("script-factors.legend")
  },

  fallback: () => null,

  pinnable: () => true,

  view(strip, target) {
    const only = alone(strip)
    strip.rows.forEach((/** @type {{row: HTMLElement, at: Element}} */ { row, at }, /** @type {number} */ k) => {
      row.classList.toggle("faint", only !== null && only !== k)
      row.setAttribute("aria-pressed", String(strip.locked === k))
      for (const end of ["x1", "x2"]) at.setAttribute(end, String(target ?? -9))
    })
    const level = (/** @type {number} */ i) => {
      const k = only ?? strongest(strip, i)
      return 256 * k + Math.round(255 * 0.85 * Math.min(1, strip.data.values[k][i]))
    }
    return { ramp: strip.joined, level, dim: () => false, labels: [], sentence: factorSentence(strip, target) }
  },

  table(strip) {
    const { tokens, values } = strip.data
    const heads = values.map((/** @type {unknown} */ _, /** @type {number} */ k) => `factor ${k + 1}`)
    return [
      ["index", "token", ...heads],
      ...tokens.map((/** @type {string} */ token, /** @type {number} */ i) => [i, token, ...values.map((/** @type {number[]} */ row) => row[i])]),
    ]
  },

  record: (strip) => {
    const { tokens, values, names, units, stability, share } = strip.data
    return { tokens, factors: values.map((/** @type {number[]} */ row, /** @type {number} */ k) => ({
      name: names[k], units: units[k], stability: stability[k], share: share[k], values: row,
    })) }
  },
}

export default function ({ data, parentElement, setStateValue }) {
  const style = getComputedStyle("host" in parentElement ? parentElement.host : parentElement)
  const categorical = style.getPropertyValue("--st-chart-categorical-colors").trim().split(/,(?![^(]*\))/)
  const theme = { ...readTheme(parentElement), categorical }
  instance(parentElement, makeStrip(factors)).update(data, theme, setStateValue)
  return dispose(parentElement)
}
