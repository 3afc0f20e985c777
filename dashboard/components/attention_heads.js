// All heads at a glance: one canvas, a small picture of each head, and a button over each for pointer and keys.

const AXIS = 26
const GAP = 5

class HeadGrid {
  /** @param {any} view the whole view */
  constructor(view) {
    this.view = view
    this.root = element("div", "heads")
    this.root.setAttribute("role", "group")
    this.canvas = /** @type {HTMLCanvasElement} */ (document.createElement("canvas"))
    this.canvas.setAttribute("aria-hidden", "true")
    this.buttons = /** @type {HTMLButtonElement[]} */ ([])
    const on = (/** @type {string} */ kind, /** @type {(event: any) => void} */ act) =>
      this.root.addEventListener(kind, act, { signal: view.signal })
    on("pointerover", (event) => event.pointerType !== "touch" && view.preview(this.headOf(event)))
    on("pointerleave", () => view.preview(null))
    on("focusin", (event) => view.preview(this.headOf(event)))
    on("focusout", () => view.preview(null))
    on("click", (event) => view.chooseHead(this.headOf(event), event.shiftKey || event.ctrlKey))
    on("keydown", (event) => this.onKey(event))
  }

  /** @param {any} event @returns {Head | null} */
  headOf(event) {
    const at = event.target.closest?.("button")?.dataset
    return at ? { layer: Number(at.layer), head: Number(at.head) } : null
  }

  /** @param {any} event */
  onKey(event) {
    const at = this.headOf(event)
    const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }
    const step = steps[/** @type {keyof steps} */ (event.key)]
    if (!at || !step) return
    event.preventDefault()
    const { layers, heads } = this.view.maps
    const layer = Math.max(0, Math.min(layers - 1, at.layer + step[0]))
    const head = Math.max(0, Math.min(heads - 1, at.head + step[1]))
    this.buttons[at.layer * heads + at.head].tabIndex = -1
    const next = this.buttons[layer * heads + head]
    next.tabIndex = 0
    next.focus()
  }

  draw() {
    const { maps, data, theme } = this.view
    const { layers, heads } = maps
    const labelled = data.roles && heads <= 6
    const width = this.root.clientWidth
    const cell = Math.max(10, Math.min(104, Math.floor((width - AXIS - GAP * heads) / heads)))
    const tall = cell + GAP + (labelled ? 16 : 0)
    const height = 18 + layers * tall
    const pen = sized(this.canvas, AXIS + heads * (cell + GAP), height)
    const scale = window.devicePixelRatio || 1
    const side = Math.round(cell * scale)
    const colours = rampBytes(maps.signed ? theme.diverging : theme.sequential)
    const page = parseColour(theme.background).map((v) => Math.round(v * 255))
    const image = pen.createImageData(side, side)
    const children = /** @type {Node[]} */ ([this.canvas])
    this.buttons = []
    for (let layer = 0; layer < layers; layer++) {
      for (let head = 0; head < heads; head++) {
        const [x, y] = [AXIS + head * (cell + GAP), 18 + layer * tall]
        this.thumbnail(image, side, layer, head, colours, page)
        pen.putImageData(image, Math.round(x * scale), Math.round(y * scale))
        children.push(...this.labels(layer, head, x, y, cell, labelled))
      }
      children.push(axisLabel(String(layer + 1), 0, 18 + layer * tall + cell / 2 - 8, AXIS - 6))
    }
    const named = !data.joined
    for (let head = 0; named && head < heads; head++)
      children.push(axisLabel(String(head), AXIS + head * (cell + GAP), 0, cell))
    this.root.style.height = `${height}px`
    this.root.replaceChildren(...children)
    this.root.setAttribute("aria-label", says("script-attention_heads.heads"))
    this.mark()
  }

  /** The largest value under each pixel, so that thin heads stay visible. @param {ImageData} image @param {number} side @param {number} layer @param {number} head @param {Uint8Array} colours @param {number[]} page */
  thumbnail(image, side, layer, head, colours, page) {
    const { maps } = this.view
    const levels = this.view.levelsOf(layer, head)
    const [rows, columns] = [maps.askers, maps.tokens]
    for (let y = 0; y < side; y++) {
      const top = Math.floor((y * rows) / side)
      const bottom = Math.max(top + 1, Math.floor(((y + 1) * rows) / side))
      for (let x = 0; x < side; x++) {
        const left = Math.floor((x * columns) / side)
        const right = Math.max(left + 1, Math.floor(((x + 1) * columns) / side))
        let level = maps.signed ? 128 : 0
        let ahead = maps.back
        for (let q = top; q < bottom; q++)
          for (let k = left; k < right; k++) {
            if (!maps.back || k <= q) ahead = false
            const found = levels[q * columns + k]
            const further = maps.signed ? Math.abs(found - 127.5) > Math.abs(level - 127.5) : found > level
            if (further) level = found
          }
        const to = (y * side + x) * 4
        for (let c = 0; c < 3; c++) image.data[to + c] = ahead ? page[c] : colours[level * 3 + c]
        image.data[to + 3] = 255
      }
    }
  }

  /** @param {number} layer @param {number} head @param {number} x @param {number} y @param {number} cell @param {boolean} labelled */
  labels(layer, head, x, y, cell, labelled) {
    const role = this.view.data.roles?.[layer]?.[head]
    const over = button("thumb")
    over.setAttribute("aria-label", this.view.nameOf({ layer, head }) + (role ? `, ${role}` : ""))
    Object.assign(over.dataset, { layer, head })
    Object.assign(over.style, { left: `${x}px`, top: `${y}px`, width: `${cell}px`, height: `${cell}px` })
    over.tabIndex = -1
    this.buttons.push(over)
    if (!labelled || !role) return [over]
    const plain = role === "unclassified"
    const tag = axisLabel(plain ? "·" : role, x, y + cell - 1, cell)
    tag.classList.add("role")
    return [over, tag]
  }

  /** Show which heads are chosen. */
  mark() {
    const { chosen, hues } = this.view
    const several = this.view.several()
    const [first] = chosen
    for (const node of this.buttons) {
      const at = { layer: Number(node.dataset.layer), head: Number(node.dataset.head) }
      const place = chosen.findIndex((/** @type {Head} */ one) => sameHead(one, at))
      node.setAttribute("aria-pressed", String(place >= 0))
      node.tabIndex = sameHead(at, first) ? 0 : -1
      node.style.setProperty("--hue", several && place >= 0 ? hues[place % hues.length] : "var(--st-primary-color)")
    }
  }
}

/** @param {Head} one @param {Head} other */
const sameHead = (one, other) => one.layer === other.layer && one.head === other.head

/** @param {string} text @param {number} x @param {number} y @param {number} w */
function axisLabel(text, x, y, w) {
  const node = element("span", "axis", text)
  node.setAttribute("aria-hidden", "true")
  Object.assign(node.style, { left: `${x}px`, top: `${y}px`, width: `${w}px` })
  return node
}
