// A PDF of one page from marks (ISO 32000-1): shapes stay shapes, text in Latin letters stays text (Helvetica and Courier,
// fitted to the width it has on the screen); other scripts and emoji become small pictures, as no font is packed in.

const PT = 0.75 // points in a CSS pixel
// Widths of Helvetica's characters 32 to 126, in thousandths of its size (Adobe's published metrics).
const WIDTHS = (
  "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 " +
  "584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 " +
  "667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 " +
  "278 556 500 722 500 500 500 334 260 334 584"
)
  .split(" ")
  .map(Number)
// What the fonts of every PDF reader also have, in WinAnsi; the minus sign is drawn as a dash of its width.
const MORE = new Map(
  Object.entries({
    "–": 0x96, "−": 0x96, "—": 0x97, "‘": 0x91, "’": 0x92, "“": 0x93, "”": 0x94, "…": 0x85, "\u00a0": 0x20,
  }),
)

/** The bytes of a text in Helvetica, or null where it has other letters. @param {string} text */
function latin(text) {
  const codes = [...text].map((letter) => {
    const code = letter.codePointAt(0) || 0
    const known = (code >= 32 && code < 127) || (code > 160 && code < 256)
    return MORE.get(letter) ?? (known ? code : -1)
  })
  return codes.includes(-1) ? null : codes
}

/** @param {string} colour */
const inks = (colour) => parseColour(colour).map(short).join(" ")

/** @param {DOMMatrix} m */
const moved = (m) => `${[m.a, m.b, m.c, m.d, m.e, m.f].map(short).join(" ")} cm`

/** The pixels of an image. @param {HTMLImageElement} image */
function pixelsOf(image) {
  const [w, h] = [image.naturalWidth || 1, image.naturalHeight || 1]
  const context = canvasOf(w, h)
  context.drawImage(image, 0, 0, w, h)
  return context.getImageData(0, 0, w, h)
}

/** A text as pixels, four for each of the page. @param {any} type @param {string} fill @param {Box} box */
function inkOf(type, fill, box) {
  const [w, h] = [Math.ceil(4 * box.w), Math.ceil(4 * box.h)]
  const context = canvasOf(w, h)
  context.scale(4, 4)
  context.font = `${type.weight} ${type.size}px ${type.family}`
  Object.assign(context, { direction: type.rtl ? "rtl" : "ltr", textAlign: "left", fillStyle: fill })
  context.fillText(type.text, -box.x, -box.y)
  const pixels = context.getImageData(0, 0, w, h)
  const ink = parseColour(fill).map((part) => Math.round(255 * part))
  for (let i = 0; i < pixels.data.length; i += 4) if (!pixels.data[i + 3]) pixels.data.set(ink, i)
  return pixels
}

/** @param {number} w @param {number} h */
function canvasOf(w, h) {
  const canvas = Object.assign(document.createElement("canvas"), { width: w, height: h })
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
}

/** Packed as zlib does (RFC 1950), which is what FlateDecode reads. @param {Uint8Array} bytes */
async function deflated(bytes) {
  const stream = new Blob([/** @type {BlobPart} */ (bytes)]).stream().pipeThrough(new CompressionStream("deflate"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

/**
 * An SVG picture as a PDF.
 * @param {string} svg
 * @param {string} title
 */
function svgToPdf(svg, title) {
  return mounted(svg, async (root) => {
    const paper = new Paper(root.width.baseVal.value, root.height.baseVal.value)
    for (const mark of await marksOf(root)) paper.draw(mark)
    return paper.file(title)
  })
}

/** An SVG picture as a PNG with two pixels for each of the page. @param {string} svg @returns {Promise<Blob | null>} */
function svgToPng(svg) {
  return mounted(svg, async (root) => {
    const [w, h] = [root.width.baseVal.value, root.height.baseVal.value]
    const scale = Math.min(2, 16000 / Math.max(w, h))
    const context = canvasOf(Math.round(w * scale), Math.round(h * scale))
    context.scale(scale, scale)
    paintMarks(context, await marksOf(root))
    return new Promise((done) => context.canvas.toBlob(done, "image/png"))
  })
}

/** Collects the parts of a PDF. */
class Paper {
  /** @param {number} w @param {number} h in CSS pixels */
  constructor(w, h) {
    this.size = [w, h]
    this.page = [`${PT} 0 0 ${-PT} 0 ${short(h * PT)} cm`]
    /** @type {{head: string, body: Uint8Array}[]} */
    this.pictures = []
    this.veils = /** @type {number[]} */ ([])
  }

  /** How much shows through, as a name of the page. @param {number} alpha */
  veil(alpha) {
    const known = this.veils.indexOf(short(alpha))
    return `/A${known < 0 ? this.veils.push(short(alpha)) - 1 : known} gs`
  }

  /** @param {Mark} mark */
  draw(mark) {
    this.page.push("q")
    for (const clip of mark.clips) {
      const m = clip.matrix
      const back = new DOMMatrix(m).inverse()
      this.page.push(`${m.map(short).join(" ")} cm`, curvesOf(clip.d), "W n", moved(back))
    }
    this.page.push(`${mark.matrix.map(short).join(" ")} cm`)
    if (mark.type) this.write(mark)
    else if (mark.image) this.show(pixelsOf(mark.image.node), mark.image, mark.alpha)
    else this.trace(mark)
    this.page.push("Q")
  }

  /** @param {Mark} mark */
  trace({ d, fill, stroke, width, alpha, strokeAlpha, dash }) {
    const path = curvesOf(d || "")
    if (!path) return
    if (fill) this.page.push(this.veil(alpha), `${inks(fill)} rg`, path, "f")
    if (!stroke || !width) return
    const line = `${inks(stroke)} RG ${short(width)} w [${(dash || []).join(" ")}] 0 d`
    this.page.push(this.veil(strokeAlpha ?? 1), line, path, "S")
  }

  /** @param {Mark} mark */
  write({ type, fill, alpha }) {
    if (!type || !fill) return
    const codes = latin(type.text)
    const turn = new DOMMatrix().translate(type.x, type.y).rotate(type.turn)
    this.page.push(moved(turn))
    const box = { x: -2, y: -1.5 * type.size, w: type.long + 4, h: 2 * type.size }
    if (!codes) return this.show(inkOf(type, fill, box), box, alpha)
    const even = /\bmono|code|courier/i.test(type.family)
    const own = codes.reduce((sum, code) => sum + (even ? 600 : WIDTHS[code - 32] || 556), 0) * (type.size / 1000)
    const hex = codes.map((code) => code.toString(16).padStart(2, "0")).join("")
    const font = `/F${(even ? 2 : 0) + (Number(type.weight) >= 600 ? 2 : 1)}`
    this.page.push(
      `BT ${this.veil(alpha)} ${inks(fill)} rg ${font} ${short(type.size)} Tf`,
      `${short((100 * type.long) / (own || 1))} Tz 1 0 0 -1 0 0 Tm <${hex}> Tj ET`,
    )
  }

  /** @param {ImageData} pixels @param {{x: number, y: number, w: number, h: number}} box @param {number} alpha */
  show({ data, width, height }, { x, y, w, h }, alpha) {
    const count = width * height
    const [colour, mask] = [new Uint8Array(3 * count), new Uint8Array(count)]
    for (let i = 0; i < count; i++) {
      colour.set(data.subarray(4 * i, 4 * i + 3), 3 * i)
      mask[i] = data[4 * i + 3]
    }
    const head = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /BitsPerComponent 8`
    this.pictures.push(
      { head: `${head} /ColorSpace /DeviceRGB`, body: colour },
      { head: `${head} /ColorSpace /DeviceGray`, body: mask },
    )
    const number = this.pictures.length / 2 - 1
    this.page.push(this.veil(alpha), `${short(w)} 0 0 ${short(-h)} ${short(x)} ${short(y + h)} cm /I${number} Do`)
  }

  /** The file. @param {string} title */
  async file(title) {
    const [w, h] = this.size.map((side) => short(side * PT))
    const first = 9 // objects 1 to 8 are catalogue, pages, page, content and the fonts
    const pictures = this.pictures.map((_, i) => (i % 2 ? "" : `/I${i / 2} ${first + i} 0 R`)).join(" ")
    const veils = this.veils.map((alpha, i) => `/A${i} << /ca ${alpha} /CA ${alpha} >>`).join(" ")
    const fonts = ["Helvetica", "Helvetica-Bold", "Courier", "Courier-Bold"].map(
      (name) => `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`,
    )
    const kept = `/Font << /F1 5 0 R /F2 6 0 R /F3 7 0 R /F4 8 0 R >> /ExtGState << ${veils} >> /XObject << ${pictures} >>`
    const called = title.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0")).join("")
    const parts = [
      "<< /Type /Catalog /Pages 2 0 R >>",
      "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${w} ${h}] /Contents 4 0 R /Resources << ${kept} >> >>`,
      { head: "", body: new TextEncoder().encode(this.page.join("\n")) },
      ...fonts,
      ...this.pictures.map((part, i) => {
        return i % 2 ? part : { ...part, head: `${part.head} /SMask ${first + i + 1} 0 R` }
      }),
      `<< /Producer (Underhood) /Title <feff${called}> >>`,
    ]
    return assembled(parts)
  }
}

/** Objects, their table and the trailer. @param {(string | {head: string, body: Uint8Array})[]} parts */
async function assembled(parts) {
  const pieces = /** @type {(string | Uint8Array)[]} */ (["%PDF-1.7\n"])
  const places = []
  let at = 9
  const put = (/** @type {string | Uint8Array} */ piece) => (pieces.push(piece), (at += piece.length))
  for (const [i, part] of parts.entries()) {
    places.push(at)
    put(`${i + 1} 0 obj\n`)
    if (typeof part === "string") put(`${part}\nendobj\n`)
    else {
      const packed = await deflated(part.body)
      put(`<< ${part.head} /Filter /FlateDecode /Length ${packed.length} >>\nstream\n`)
      put(packed)
      put("\nendstream\nendobj\n")
    }
  }
  const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("")
  const count = parts.length + 1
  const trailer = `<< /Size ${count} /Root 1 0 R /Info ${parts.length} 0 R >>`
  pieces.push(`xref\n0 ${count}\n0000000000 65535 f \n${table}trailer\n${trailer}\nstartxref\n${at}\n%%EOF\n`)
  return new Blob(/** @type {BlobPart[]} */ (pieces), { type: "application/pdf" })
}
