// Curves of the removal slider, in SVG, and their files.

const SVG = "http://www.w3.org/2000/svg"

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function drawn(tag, attributes, text) {
  const node = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value))
  if (text !== undefined) node.textContent = text
  return node
}

/** A round number at least as large, and the ticks up to it. @param {number} most */
function ticksTo(most) {
  const power = 10 ** Math.floor(Math.log10(most || 1))
  const step = [0.2, 0.25, 0.5, 1, 2].map((n) => n * power).find((n) => n * 5 >= most) || power
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, i) => i * step)
}

/**
 * All curves; returns where the plot is and its scales.
 * @param {HTMLElement} place
 * @param {any} shown
 */
function drawCurves(place, shown) {
  const { data, count, lines, chosen, back } = shown
  const width = Math.max(260, place.clientWidth || 600)
  const height = width < 520 ? 220 : 280
  const band = back ? data.random.insertion : data.random.deletion
  const known = lines.filter((/** @type {any} */ line) => shown.curve(line))
  const most = Math.max(...band[2], ...known.flatMap((/** @type {any} */ line) => shown.curve(line)))
  const ticks = ticksTo(most)
  const top = ticks[ticks.length - 1] || 1
  const plot = { x0: 52, x1: width - 10, y0: height - 42, y1: 24, top }
  const x = (/** @type {number} */ k) => plot.x0 + ((plot.x1 - plot.x0) * k) / count
  const y = (/** @type {number} */ p) => plot.y0 - ((plot.y0 - plot.y1) * p) / top
  const points = (/** @type {number[]} */ row) => row.map((p, k) => `${x(k).toFixed(1)},${y(p).toFixed(1)}`)
  const svg = drawn("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" })
  const quarters = String(ticks[1]).includes("25")
  const places = Math.max(0, -2 - Math.floor(Math.log10(ticks[1] || 1) + 1e-9) + Number(quarters)) // of a per cent
  for (const tick of ticks) {
    svg.append(drawn("line", { x1: plot.x0, x2: plot.x1, y1: y(tick), y2: y(tick), class: "rule" }))
    svg.append(drawn("text", { x: plot.x0 - 6, y: y(tick) + 4, "text-anchor": "end" }, `${(100 * tick).toFixed(places)}${NBSP}%`))
  }
  const every = Math.max(1, Math.ceil(count / Math.max(4, Math.floor(width / 60))))
  for (let k = 0; k <= count; k += every) {
    svg.append(drawn("text", { x: x(k), y: plot.y0 + 17, "text-anchor": "middle" }, String(k)))
  }
  const middle = (plot.x0 + plot.x1) / 2
  const said = back ? says("script-curves.put-back") : says("script-curves.did", { did: data.did })
  svg.append(drawn("text", { x: middle, y: height - 6, "text-anchor": "middle" }, said))
  svg.append(drawn("text", { x: plot.x0 - 6, y: 11, "text-anchor": "end", class: "axis" }, "p"))
  const around = [...points(band[1]), ...points(band[2]).reverse()].join(" ")
  svg.append(drawn("polygon", { points: around, fill: GREY, "fill-opacity": 0.2 }))
  const mean = { points: points(band[0]).join(" "), stroke: GREY, "stroke-width": 1.5, fill: "none" }
  svg.append(drawn("polyline", mean))
  const order = lines.map((/** @type {any} */ _, /** @type {number} */ i) => i)
  order.sort((/** @type {number} */ a, /** @type {number} */ b) => Number(a === chosen) - Number(b === chosen))
  for (const i of order) {
    const row = shown.curve(lines[i])
    if (!row) continue
    const line = drawn("polyline", {
      points: points(row).join(" "), fill: "none", stroke: lines[i].colour,
      "stroke-width": i === chosen ? 3 : 1.5, "stroke-linejoin": "round",
    })
    if (lines[i].dotted) line.setAttribute("stroke-dasharray", "2 4")
    svg.append(line)
  }
  const marker = drawn("g", { class: "marker" })
  svg.append(marker)
  place.replaceChildren(svg)
  return { ...plot, x, y, marker, svg }
}

/**
 * Where the curves are at a step.
 * @param {any} shown
 * @param {number} step
 */
function mark(shown, step) {
  const { x, y, marker, y0, y1 } = shown.plot
  const nodes = [drawn("line", { x1: x(step), x2: x(step), y1: y0, y2: y1, class: "cursor" })]
  shown.lines.forEach((/** @type {any} */ line, /** @type {number} */ i) => {
    const row = shown.curve(line)
    if (!row) return
    const r = i === shown.chosen ? 6 : 3
    nodes.push(drawn("circle", { cx: x(step), cy: y(row[step]), r, fill: line.colour, class: "dot" }))
  })
  marker.replaceChildren(...nodes)
}

/**
 * The files: numbers, or the picture as it stands.
 * @param {any} shown
 * @param {string} format
 */
async function saveRemoval(shown, format) {
  const { data } = shown
  if (format === "JSON") return download(data.name, "json", toJson(data), "application/json")
  if (format === "HTML") return savePage(shown.root, data.name, { ...data, held: shown.held() })
  if (format === "CSV") {
    const head = ["order", "step", "word", "probability_taking_away", "probability_putting_back"]
    const rows = shown.lines.flatMap((/** @type {any} */ line) =>
      line.deletion.map((/** @type {number} */ p, /** @type {number} */ k) => {
        const word = k ? data.words[data.numbers[line.order[k - 1]]].t : ""
        return [line.title, k, word, exact(p), line.insertion ? exact(line.insertion[k]) : null]
      }),
    )
    return download(data.name, "csv", toCsv([head, ...rows]), "text/csv")
  }
  const text = removalPicture(shown)
  if (format === "SVG") return download(data.name, "svg", text, "image/svg+xml")
  if (format === "PDF") return download(data.name, "pdf", await svgToPdf(text, data.name), "application/pdf")
  return download(data.name, "png", await svgToPng(text), "image/png")
}

/** Words, curves and table as one SVG. @param {any} shown */
function removalPicture(shown) {
  const { root, theme, parts, plot } = shown
  const scene = makeScene(root, {
    skip: (node) => node.matches(".tools, .stepper, svg"),
    ramp: null, caption: shown.data.caption, background: theme.background,
    muted: getComputedStyle(parts.note).color,
  })
  const from = root.getBoundingClientRect()
  const at = parts.chart.getBoundingClientRect()
  const copy = /** @type {SVGElement} */ (plot.svg.cloneNode(true))
  const originals = plot.svg.querySelectorAll("*")
  copy.querySelectorAll("*").forEach((node, i) => {
    const style = getComputedStyle(originals[i])
    const names = ["fill", "stroke", "stroke-width", "font-family", "font-size"]
    for (const name of names) node.setAttribute(name, style.getPropertyValue(name))
  })
  const inner = new XMLSerializer().serializeToString(copy)
  const group = `<g transform="translate(${at.left - from.left + 16} ${at.top - from.top + 16})">${inner}</g>`
  return sceneToSvg(scene).replace("</svg>\n", () => `${group}\n</svg>\n`)
}
