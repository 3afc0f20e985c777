// The shapes of an SVG picture as the browser laid them out: paths, texts and images, each with its place and paint.
// A canvas or a PDF is painted from them, so that all files of a picture look the same.

/**
 * @typedef {object} Mark
 * @property {number[]} matrix from the shape's own coordinates to the picture's
 * @property {{d: string, matrix: number[]}[]} clips
 * @property {string} [d] a path
 * @property {string | null} fill
 * @property {string | null} [stroke]
 * @property {number} alpha of the fill
 * @property {number} [strokeAlpha]
 * @property {number} [width] of the stroke
 * @property {number[]} [dash]
 * @property {{text: string, x: number, y: number, turn: number, long: number, size: number, weight: string,
 *   family: string, rtl: boolean}} [type]
 * @property {{node: HTMLImageElement, x: number, y: number, w: number, h: number}} [image]
 */

const KINDS = "path, rect, circle, ellipse, line, polyline, polygon, text, image"

/** A basic shape as a path. @param {any} node */
function pathOf(node) {
  const n = (/** @type {string} */ name) => node[name].baseVal.value
  const listed = node.getAttribute("points") || ""
  switch (node.localName) {
    case "path":
      return node.getAttribute("d") || ""
    case "line":
      return `M${n("x1")},${n("y1")}L${n("x2")},${n("y2")}`
    case "polyline":
    case "polygon":
      return listed.trim() ? `M${listed}${node.localName === "polygon" ? "Z" : ""}` : ""
    case "rect":
      return roundedPath(n("x"), n("y"), n("width"), n("height"), Math.min(n("rx"), n("height") / 2))
    default: {
      const [rx, ry] = node.localName === "circle" ? [n("r"), n("r")] : [n("rx"), n("ry")]
      return `M${n("cx") - rx},${n("cy")}a${rx},${ry} 0 1 0 ${2 * rx},0a${rx},${ry} 0 1 0 ${-2 * rx},0Z`
    }
  }
}

/** @param {number} x @param {number} y @param {number} w @param {number} h @param {number} r */
function roundedPath(x, y, w, h, r) {
  if (!(r > 0)) return `M${x},${y}h${w}v${h}h${-w}Z`
  const corner = (/** @type {number} */ dx, /** @type {number} */ dy) => `a${r},${r} 0 0 1 ${dx},${dy}`
  const [long, tall] = [w - 2 * r, h - 2 * r]
  const right = `M${x + r},${y}h${long}${corner(r, r)}v${tall}${corner(-r, r)}`
  return `${right}h${-long}${corner(-r, -r)}v${-tall}${corner(r, -r)}Z`
}

/**
 * A CSS colour as #rrggbb, and how much of it its own transparency leaves.
 * @param {string} colour
 * @returns {[string | null, number]}
 */
function paintOf(colour) {
  if (!colour || colour === "none" || colour.startsWith("url")) return [null, 1]
  const parts = (colour.match(/[\d.]+%?/g) || []).map(parseFloat)
  const alpha = /^rgba|\//.test(colour) && parts.length === 4 ? parts[3] : 1
  return [alpha ? solid(colour.replace(/^rgba\((.*),[^,]*\)$/, "rgb($1)")) : null, alpha]
}

/**
 * Everything a mounted SVG shows, from the back to the front.
 * @param {any} svg
 * @returns {Promise<Mark[]>}
 */
async function marksOf(svg) {
  const home = svg.getScreenCTM().inverse()
  const place = (/** @type {any} */ node) => {
    const m = home.multiply(node.getScreenCTM())
    return [m.a, m.b, m.c, m.d, m.e, m.f]
  }
  const marks = /** @type {Mark[]} */ ([])
  for (const node of svg.querySelectorAll(KINDS)) {
    if (node.closest("defs, clipPath, pattern, mask")) continue
    const style = getComputedStyle(node)
    if (style.visibility === "hidden" || style.display === "none") continue
    const { opacity, clips, shown } = around(node, svg, place)
    if (!shown) continue
    const [fill, through] = paintOf(style.fill)
    const [stroke, past] = paintOf(style.stroke)
    const mark = { matrix: place(node), clips, fill, alpha: opacity * through * Number(style.fillOpacity) }
    if (node.localName === "text") marks.push(...typeMarks(node, mark))
    else if (node.localName === "image") marks.push({ ...mark, alpha: opacity, image: await imageOf(node) })
    else {
      marks.push({
        ...mark, d: pathOf(node), stroke, width: parseFloat(style.strokeWidth) || 0,
        strokeAlpha: opacity * past * Number(style.strokeOpacity),
        dash: (style.strokeDasharray.match(/[\d.]+/g) || []).map(Number),
      })
    }
  }
  return marks
}

/**
 * What the groups around a shape do to it.
 * @param {any} node
 * @param {any} svg
 * @param {(node: any) => number[]} place
 */
function around(node, svg, place) {
  let opacity = 1
  let shown = true
  const clips = []
  for (let at = node; at && at !== svg.parentNode; at = at.parentNode) {
    const style = getComputedStyle(at)
    opacity *= Number(style.opacity)
    if (style.display === "none") shown = false
    const name = /url\(["']?[^#"')]*#([^"')]+)/.exec(at.getAttribute("clip-path") || "")?.[1]
    const clip = name && svg.querySelector(`[id="${CSS.escape(name)}"]`)
    if (clip) for (const part of clip.children) clips.push({ d: pathOf(part), matrix: place(at) })
  }
  return { opacity, clips, shown: shown && opacity > 0 }
}

/**
 * The runs of a text; each line of several has its own place.
 * @param {any} node
 * @param {Mark} mark
 * @returns {Mark[]}
 */
function typeMarks(node, mark) {
  const marks = []
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT)
  let start = 0
  for (let run = walker.nextNode(); run; run = walker.nextNode()) {
    const text = run.nodeValue || ""
    const from = start
    start += text.length
    if (!text.trim() || start > node.getNumberOfChars()) continue
    const style = getComputedStyle(/** @type {Element} */ (run.parentNode))
    const at = node.getStartPositionOfChar(from)
    const turn = node.getRotationOfChar(from)
    const ends = [from, start - 1].flatMap((i) => [node.getStartPositionOfChar(i).x, node.getEndPositionOfChar(i).x])
    const [fill, through] = paintOf(style.fill)
    const type = {
      text, x: turn ? at.x : Math.min(...ends), y: at.y, turn, long: node.getSubStringLength(from, text.length),
      size: parseFloat(style.fontSize), weight: style.fontWeight, family: style.fontFamily,
      rtl: style.direction === "rtl",
    }
    marks.push({ ...mark, fill, alpha: mark.alpha * through, type })
  }
  return marks
}

/** @param {any} node */
async function imageOf(node) {
  const image = new Image()
  image.src = node.href.baseVal
  await image.decode()
  const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => node[name].baseVal.value)
  return { node: image, x, y, w, h }
}

/**
 * Paint marks on a canvas.
 * @param {CanvasRenderingContext2D} context
 * @param {Mark[]} marks
 */
function paintMarks(context, marks) {
  for (const mark of marks) {
    context.save()
    const base = context.getTransform()
    const turnTo = (/** @type {number[]} */ m) => context.setTransform(base.multiply(new DOMMatrix(m)))
    for (const clip of mark.clips) {
      turnTo(clip.matrix)
      context.clip(new Path2D(clip.d))
    }
    turnTo(mark.matrix)
    context.globalAlpha = mark.alpha
    if (mark.type) paintType(context, mark)
    else if (mark.image) {
      const { node, x, y, w, h } = mark.image
      context.imageSmoothingEnabled = false
      context.drawImage(node, x, y, w, h)
    } else paintPath(context, mark)
    context.restore()
  }
}

/** @param {CanvasRenderingContext2D} context @param {Mark} mark */
function paintPath(context, mark) {
  const path = new Path2D(mark.d)
  if (mark.fill) {
    context.fillStyle = mark.fill
    context.fill(path)
  }
  if (!mark.stroke || !mark.width) return
  Object.assign(context, { strokeStyle: mark.stroke, lineWidth: mark.width, globalAlpha: mark.strokeAlpha })
  context.setLineDash(mark.dash || [])
  context.stroke(path)
}

/** @param {CanvasRenderingContext2D} context @param {Mark} mark */
function paintType(context, mark) {
  const type = /** @type {NonNullable<Mark["type"]>} */ (mark.type)
  context.translate(type.x, type.y)
  context.rotate((type.turn * Math.PI) / 180)
  context.font = `${type.weight} ${type.size}px ${type.family}`
  context.direction = type.rtl ? "rtl" : "ltr"
  context.fillStyle = mark.fill || "none"
  if (mark.fill) context.fillText(type.text, 0, 0)
}

/**
 * An SVG text, mounted where nobody sees it for as long as `work` needs it.
 * @template T
 * @param {string} text
 * @param {(svg: any) => Promise<T>} work
 */
async function mounted(text, work) {
  const host = element("div")
  host.style.cssText = "position: fixed; left: -99999px; top: 0; pointer-events: none"
  host.setAttribute("aria-hidden", "true")
  const read = new DOMParser().parseFromString(text, "image/svg+xml").documentElement
  host.append(document.importNode(read, true))
  document.body.append(host)
  try {
    return await work(host.firstChild)
  } finally {
    host.remove()
  }
}
