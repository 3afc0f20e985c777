// Downloads, made in the browser from what is on the screen. A picture is one list of shapes that
// becomes SVG text or a canvas, so both look the same.

/**
 * @typedef {object} Box
 * @property {number} x
 * @property {number} y
 * @property {number} w
 * @property {number} h
 *
 * @typedef {Box & {fill?: string, stroke?: string, dashed?: boolean, radius?: number,
 *   text?: string, family?: string, size?: number, weight?: string, baseline?: number,
 *   rtl?: boolean}} Shape
 *
 * @typedef {{w: number, h: number, background: string, shapes: Shape[]}} Scene
 */

const MARGIN = 16
const pen = /** @type {CanvasRenderingContext2D} */ (
  Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
    willReadFrequently: true,
  })
)

/** Any CSS colour as #rrggbb, or null where nothing is painted. @param {string} colour */
function solid(colour) {
  pen.clearRect(0, 0, 1, 1)
  pen.fillStyle = colour
  pen.fillRect(0, 0, 1, 1)
  const [r, g, b, alpha] = pen.getImageData(0, 0, 1, 1).data
  return alpha ? toHex([r / 255, g / 255, b / 255]) : null
}

/**
 * The lines the browser broke a text node into, each with its place.
 * @param {Text} node
 * @param {CSSStyleDeclaration} style
 * @param {DOMRect} origin
 * @returns {Shape[]}
 */
function textShapes(node, style, origin) {
  const range = document.createRange()
  /** @type {{text: string, left: number, right: number, top: number, bottom: number}[]} */
  const lines = []
  let at = 0
  for (const character of node.data) {
    range.setStart(node, at)
    range.setEnd(node, (at += character.length))
    const rect = range.getClientRects()[0]
    let line = lines[lines.length - 1]
    const ink = rect && rect.width > 0 && !/\s/.test(character)
    if (ink && (!line || Math.abs(rect.top - line.top) > 4)) {
      line = { text: "", left: rect.left, right: rect.right, top: rect.top, bottom: rect.bottom }
      lines.push(line)
    }
    if (!line) continue
    line.text += character
    if (!ink) continue
    line.left = Math.min(line.left, rect.left)
    line.right = Math.max(line.right, rect.right)
  }
  const size = parseFloat(style.fontSize)
  pen.font = `${style.fontWeight} ${size}px ${style.fontFamily}`
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = pen.measureText("x")
  return lines
    .filter((line) => line.text.trim())
    .map((line) => ({
      text: line.text.trim(),
      x: line.left - origin.x,
      y: line.top - origin.y,
      w: line.right - line.left,
      h: line.bottom - line.top,
      baseline: (line.top + line.bottom + up - down) / 2 - origin.y,
      family: style.fontFamily,
      size,
      weight: style.fontWeight,
      fill: solid(style.color) || "#000000",
      rtl: style.direction === "rtl",
    }))
}

/**
 * The painted box of an element: background, border, the bar at its start or foot.
 * @param {CSSStyleDeclaration} style
 * @param {Box} box
 * @returns {Shape[]}
 */
function boxShapes(style, box) {
  const shapes = /** @type {Shape[]} */ ([])
  const fill = solid(style.backgroundColor)
  const border = parseFloat(style.borderTopWidth) ? solid(style.borderTopColor) : null
  const radius = Math.min(parseFloat(style.borderTopRightRadius) || 0, box.h / 2)
  if (fill || border) {
    const dashed = style.borderTopStyle === "dashed"
    shapes.push({ ...box, fill: fill || "none", stroke: border || undefined, radius, dashed })
  }
  const start = parseFloat(style.borderLeftWidth)
  if (start && !border) {
    shapes.push({ ...box, w: start, fill: solid(style.borderLeftColor) || "none" })
  }
  if (border && style.boxShadow.includes("inset")) {
    shapes.push({ ...box, y: box.y + box.h - 3, h: 3, fill: border })
  }
  return shapes
}

/**
 * Everything an element shows, as shapes.
 * @param {HTMLElement} root
 * @param {(node: Element) => boolean} skip
 * @param {Ramp | null} ramp the colours of the legend's bar
 * @returns {Shape[]}
 */
function collectShapes(root, skip, ramp) {
  const origin = root.getBoundingClientRect()
  const shapes = /** @type {Shape[]} */ ([])
  const visit = (/** @type {Element} */ node) => {
    if (skip(node)) return
    const style = getComputedStyle(node)
    const { x, y, width: w, height: h } = node.getBoundingClientRect()
    const box = { x: x - origin.x, y: y - origin.y, w, h }
    if (node.classList.contains("bar") && ramp) {
      for (let i = 0; i < 64; i++) {
        const fill = ramp.background[Math.round((i / 63) * 255)]
        shapes.push({ ...box, x: box.x + (w * i) / 64, w: w / 64 + (i < 63 ? 0.5 : 0), fill })
      }
      return
    }
    shapes.push(...boxShapes(style, box))
    for (const child of node.childNodes) {
      if (child instanceof Text) shapes.push(...textShapes(child, style, origin))
      else if (child instanceof Element) visit(child)
    }
  }
  visit(root)
  return shapes
}

/**
 * A caption broken into lines that fit.
 * @param {string} caption
 * @param {number} width
 */
function wrapCaption(caption, width) {
  const lines = [""]
  for (const word of caption.split(" ")) {
    const longer = lines[lines.length - 1] ? `${lines[lines.length - 1]} ${word}` : word
    if (pen.measureText(longer).width <= width) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

/**
 * The picture of an element, with its caption below.
 * @param {HTMLElement} root
 * @param {{skip: (node: Element) => boolean, ramp: Ramp | null, caption: string,
 *   background: string, muted: string}} options
 * @returns {Scene}
 */
function makeScene(root, { skip, ramp, caption, background, muted }) {
  const { width } = root.getBoundingClientRect()
  const family = getComputedStyle(root).fontFamily
  const shapes = collectShapes(root, skip, ramp)
  const lowest = () => Math.max(0, ...shapes.map((shape) => shape.y + shape.h))
  const top = lowest() + 12
  pen.font = `13px ${family}`
  wrapCaption(caption, width).forEach((text, i) => {
    const y = top + i * 18
    const w = pen.measureText(text).width
    const fill = solid(muted) || "#000000"
    const type = { family, size: 13, weight: "400", fill }
    shapes.push({ text, x: 0, y, w, h: 18, baseline: y + 13, ...type })
  })
  const bottom = lowest()
  for (const shape of shapes) {
    shape.x += MARGIN
    shape.y += MARGIN
    if (shape.baseline !== undefined) shape.baseline += MARGIN
  }
  return {
    w: Math.ceil(width) + 2 * MARGIN,
    h: Math.ceil(bottom) + 2 * MARGIN,
    background: solid(background) || "#ffffff",
    shapes,
  }
}
