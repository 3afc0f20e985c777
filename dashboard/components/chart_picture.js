// A Plotly chart as it stands on the page, as one SVG with its caption: what the reader sees is what the file shows.

const PAINT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "opacity"]
const TYPE = ["fill", "fill-opacity", "font-family", "font-size", "font-weight", "text-anchor", "opacity"]
const GROUP = ["opacity", "visibility"]
const PRIVATE = ["class", "data-notex", "data-unformatted", "data-math", "pointer-events"]
const USUAL = new Map([
  ["fill-opacity", "1"], ["stroke", "none"], ["stroke-opacity", "1"], ["stroke-dasharray", "none"], ["opacity", "1"],
  ["stroke-width", "1px"], ["font-weight", "400"], ["text-anchor", "start"], ["visibility", "visible"],
])

/** The look of a node, written out so that it needs no style sheet. @param {Element} node */
function lookOf(node) {
  const style = getComputedStyle(node)
  const kind = node.localName
  const names = kind === "text" || kind === "tspan" ? TYPE : kind === "g" ? GROUP : PAINT
  const all = names.map((name) => [name, style.getPropertyValue(name)])
  const look = all.filter(([name, value]) => value && value !== USUAL.get(name))
  return look.map(([name, value]) => `${name}: ${value.replace(/"/g, "'")}`).join("; ")
}

/** One layer of a chart, its styles written out. @param {SVGElement} layer @param {DOMRect} origin */
function copiedLayer(layer, origin) {
  const copy = /** @type {SVGElement} */ (layer.cloneNode(true))
  const [from, to] = [layer.querySelectorAll("*"), copy.querySelectorAll("*")]
  to.forEach((node, i) => {
    const clip = /#([^"')]+)/.exec(node.getAttribute("clip-path") || "")?.[1]
    if (clip) node.setAttribute("clip-path", `url(#${clip})`)
    const hidden = getComputedStyle(from[i]).display === "none" && !from[i].closest("defs")
    if (hidden) node.setAttribute("data-gone", "")
    node.setAttribute("style", `${lookOf(from[i])}${node.localName === "text" ? "; white-space: pre" : ""}`)
    for (const name of PRIVATE) node.removeAttribute(name)
  })
  from.forEach((node, i) => {
    if (node.matches(".hoverlayer, .draglayer, .zoomlayer, .menulayer")) to[i].remove()
  })
  for (const node of copy.querySelectorAll("[data-gone], a, script, foreignObject")) node.remove()
  const at = layer.getBoundingClientRect()
  const place = { x: at.x - origin.x, y: at.y - origin.y, width: at.width, height: at.height }
  for (const [name, value] of Object.entries(place)) copy.setAttribute(name, String(value))
  copy.removeAttribute("style")
  copy.removeAttribute("class")
  return new XMLSerializer().serializeToString(copy)
}

/** What a chart draws with WebGL, as an image. @param {HTMLCanvasElement} canvas @param {DOMRect} origin */
function copiedCanvas(canvas, origin) {
  const at = canvas.getBoundingClientRect()
  if (!canvas.width || !at.width) return ""
  const place = `x="${at.x - origin.x}" y="${at.y - origin.y}" width="${at.width}" height="${at.height}"`
  return `<image ${place} preserveAspectRatio="none" href="${canvas.toDataURL("image/png")}"/>`
}

/**
 * A chart as SVG.
 * @param {HTMLElement} chart Plotly's element
 * @param {{caption: string, background: string, muted: string, family: string}} look no caption: none is written
 */
function chartSvg(chart, { caption, background, muted, family }) {
  const origin = chart.getBoundingClientRect()
  const [w, h] = [Math.ceil(origin.width), Math.ceil(origin.height)]
  const layers = [...chart.querySelectorAll("svg.main-svg, .gl-container canvas")].map((layer) =>
    layer instanceof SVGElement ? copiedLayer(layer, origin) : copiedCanvas(/** @type {any} */ (layer), origin),
  )
  pen.font = `13px ${family}`
  const lines = caption ? wrapCaption(caption, w - 16) : []
  const said = lines.map((text, i) => {
    const type = `font-family="${xml(family)}" font-size="13" fill="${solid(muted) || "#000000"}"`
    return `<text x="8" y="${h + 17 + 18 * i}" xml:space="preserve" ${type}>${xml(text)}</text>`
  })
  const high = h + (lines.length ? 18 * lines.length + 12 : 0)
  const size = `width="${w}" height="${high}" viewBox="0 0 ${w} ${high}"`
  const page = `<rect width="${w}" height="${high}" fill="${solid(background) || "#ffffff"}"/>`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${[page, ...layers, ...said].join("\n")}\n</svg>\n`
}
