// The files a reader can download: SVG, PNG and PDF from a scene, CSV and JSON from the numbers.

const FORMATS = ["PNG", "SVG", "PDF", "HTML", "CSV", "JSON"]
const SCHEMA = "underhood-view/1" // what a JSON file says of itself, for the dashboard to open it again

/** What a button for a kind of file promises. @param {string} format @param {string} what */
function promised(format, what) {
  if (format === "HTML") return says("script-files.as-page", { what })
  return format === "JSON" ? says("script-files.as-json", { what }) : says("script-files.as", { what, format })
}

/** The buttons for all kinds of files. @param {HTMLElement} place @param {string} [what] */
function addTools(place, what = says("script-files.this-view")) {
  place.setAttribute("role", "group")
  place.setAttribute("aria-label", says("script-files.download"))
  for (const format of FORMATS) {
    const tool = button("tool", format)
    tool.dataset.format = format
    tool.title = promised(format, what)
    place.append(tool)
  }
}

/** Where a reader stands: the page, and what is chosen on it. A saved page knows where it came from. */
function whereabouts() {
  const known = /** @type {any} */ (globalThis).underhoodView
  if (known?.schema) return known
  const choices = Object.fromEntries(new URLSearchParams(location.search))
  const { packed, ...rest } = choices
  const text = known?.text // an address has no room for a long one
  return { schema: SCHEMA, page: location.pathname.replace(/^.*\//, ""), choices: text ? { ...rest, text } : choices }
}

/** The numbers of a view with its whereabouts, so that the file opens the view again. @param {object} record */
const toJson = (record) => JSON.stringify({ ...record, view: whereabouts() }) + "\n"

/**
 * Save a scene in the format that was asked for.
 * @param {string} format
 * @param {string} stem
 * @param {Scene} scene
 */
async function savePicture(format, stem, scene) {
  if (format === "SVG") return download(stem, "svg", sceneToSvg(scene), "image/svg+xml")
  if (format === "PDF") return download(stem, "pdf", await svgToPdf(sceneToSvg(scene), stem), "application/pdf")
  return download(stem, "png", await sceneToPng(scene), "image/png")
}

/** Text for XML: escaped, and without the characters XML forbids. @param {string} text */
function xml(text) {
  const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, "\ufffd")
    .replace(/[&<>"]/g, (character) => entities[/** @type {keyof entities} */ (character)])
}

/** @param {Shape} shape */
function svgShape(shape) {
  const f = (/** @type {number | undefined} */ v) => Number((v || 0).toFixed(2))
  if (shape.text === undefined) {
    const stroke = shape.stroke ? ` stroke="${shape.stroke}"` : ""
    const dash = shape.dashed ? ' stroke-dasharray="3 2"' : ""
    const place = `x="${f(shape.x)}" y="${f(shape.y)}" width="${f(shape.w)}" height="${f(shape.h)}"`
    return `<rect ${place} rx="${f(shape.radius)}" fill="${shape.fill}"${stroke}${dash}/>`
  }
  // The length keeps a word inside its box where the reader's fonts are other ones.
  const length = `textLength="${f(shape.w)}" lengthAdjust="spacingAndGlyphs"`
  const fit = shape.rtl ? 'direction="rtl"' : length
  const x = shape.rtl ? shape.x + shape.w : shape.x
  const family = xml(/** @type {string} */ (shape.family))
  const font = `font-family="${family}" font-size="${shape.size}" font-weight="${shape.weight}"`
  const place = `x="${f(x)}" y="${f(shape.baseline)}" xml:space="preserve"`
  return `<text ${place} ${font} fill="${shape.fill}" ${fit}>${xml(shape.text)}</text>`
}

/** @param {Scene} scene */
function sceneToSvg({ w, h, background, shapes }) {
  const size = `width="${w}" height="${h}" viewBox="0 0 ${w} ${h}"`
  const page = `<rect width="100%" height="100%" fill="${background}"/>`
  const body = [page, ...shapes.map(svgShape)].join("\n")
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${body}\n</svg>\n`
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Shape} shape
 */
function drawShape(context, shape) {
  context.fillStyle = shape.fill || "none"
  if (shape.text !== undefined) {
    context.font = `${shape.weight} ${shape.size}px ${shape.family}`
    context.direction = shape.rtl ? "rtl" : "ltr"
    context.textAlign = shape.rtl ? "right" : "left"
    context.fillText(shape.text, shape.rtl ? shape.x + shape.w : shape.x, shape.baseline || 0)
    return
  }
  context.beginPath()
  context.roundRect(shape.x, shape.y, shape.w, shape.h, shape.radius || 0)
  if (shape.fill !== "none") context.fill()
  if (!shape.stroke) return
  context.strokeStyle = shape.stroke
  context.setLineDash(shape.dashed ? [3, 2] : [])
  context.stroke()
}

/**
 * @param {Scene} scene
 * @returns {Promise<Blob | null>}
 */
function sceneToPng({ w, h, background, shapes }) {
  const scale = Math.min(2, 16000 / Math.max(w, h))
  const canvas = document.createElement("canvas")
  canvas.width = w * scale
  canvas.height = h * scale
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
  context.scale(scale, scale)
  context.fillStyle = background
  context.fillRect(0, 0, w, h)
  for (const shape of shapes) drawShape(context, shape)
  return new Promise((done) => canvas.toBlob(done, "image/png"))
}

/** A float32 without the digits that only come from writing it as a double. @param {number} v */
const exact = (v) => (Number.isFinite(v) ? Number(v.toPrecision(7)) : null)

/**
 * One CSV cell. A text that a spreadsheet would take for a formula gets an apostrophe in front.
 * @param {string | number | null} value
 */
function csvCell(value) {
  if (value === null) return ""
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : ""
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value
  return `"${safe.replace(/"/g, '""')}"`
}

/** @param {(string | number | null)[][]} rows */
function toCsv(rows) {
  return rows.map((row) => row.map(csvCell).join(",") + "\r\n").join("")
}

/**
 * Save a file. Its name is made from the view's name only, never from the reader's words.
 * @param {string} stem
 * @param {string} extension
 * @param {BlobPart | null} content
 * @param {string} type
 */
function download(stem, extension, content, type) {
  if (content === null) return
  const link = document.createElement("a")
  const url = URL.createObjectURL(new Blob([content], { type }))
  link.href = url
  link.download = `${stem.replace(/[^A-Za-z0-9._-]+/g, "-") || "underhood"}.${extension}`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 5000)
}
