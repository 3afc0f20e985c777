// One head, or several, as a matrix: rows ask, columns are looked at. The same choices as the arcs.

class Matrix {
  /** @param {any} view */
  constructor(view) {
    this.view = view
    this.root = element("div", "matrix")
    this.cells = /** @type {HTMLCanvasElement} */ (document.createElement("canvas"))
    this.over = /** @type {HTMLCanvasElement} */ (document.createElement("canvas"))
    this.over.className = "over"
    this.over.tabIndex = 0
    this.over.setAttribute("role", "img")
    this.root.append(this.cells, this.over)
    const on = (/** @type {string} */ kind, /** @type {(event: any) => void} */ act) =>
      this.over.addEventListener(kind, act, { signal: view.signal })
    on("pointermove", (event) => event.pointerType !== "touch" && this.lookAt(this.cellOf(event)))
    on("pointerleave", () => this.lookAt(null))
    on("click", (event) => this.onClick(event))
    on("keydown", (event) => this.onKey(event))
    on("blur", () => this.lookAt(null))
    this.cell = /** @type {number[] | null} */ (null)
  }

  build() {
    this.cell = null
  }

  /** @param {any} event @returns {number[] | null} */
  cellOf(event) {
    const box = this.over.getBoundingClientRect()
    const k = Math.floor((event.clientX - box.x - this.x) / this.side)
    const q = Math.floor((event.clientY - box.y - this.y) / this.side)
    const { askers, tokens } = this.view.maps
    return q >= 0 && k >= 0 && q < askers && k < tokens ? [q, k] : null
  }

  /** @param {any} event */
  onClick(event) {
    const at = this.cellOf(event)
    if (at) this.view.chooseToken({ kind: "q", at: at[0] }, event.shiftKey || event.ctrlKey)
    this.lookAt(at)
  }

  /** @param {any} event */
  onKey(event) {
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[/** @type {string} */ (event.key)]
    const [q, k] = this.cell || [this.view.maps.askers - 1, 0]
    if (event.key === "Enter") this.view.chooseToken({ kind: "q", at: q }, event.shiftKey)
    if (event.key === "Escape") this.view.chooseToken(null, false)
    if (!step) return
    event.preventDefault()
    const { askers, tokens } = this.view.maps
    this.lookAt([Math.max(0, Math.min(askers - 1, q + step[0])), Math.max(0, Math.min(tokens - 1, k + step[1]))])
    this.view.say()
  }

  /** @param {number[] | null} cell */
  lookAt(cell) {
    if (String(cell) === String(this.cell)) return
    this.cell = cell
    this.cross()
    this.view.speak(cell)
  }

  draw() {
    const { view } = this
    const { data, maps, theme } = view
    const width = Math.min(this.root.clientWidth, 780)
    if (!width) return
    const letters = Math.max(...data.tokens.map((/** @type {string} */ t) => Math.min(10, tokenName(t).length)), 4)
    this.y = 10 + 7 * letters
    this.x = (maps.askers > 1 ? 10 + 7 * letters : 96) + (view.showsRest() ? 14 : 0)
    const room = Math.floor((width - this.x - 4) / maps.tokens)
    this.side = Math.max(3, Math.min(maps.askers > 1 ? 28 : 30, room))
    const [w, h] = [this.side * maps.tokens, this.side * maps.askers]
    const size = [this.x + w + 2, this.y + h + 2]
    this.root.style.height = `${size[1]}px`
    const pen = sized(this.cells, size[0], size[1])
    sized(this.over, size[0], size[1])
    const heads = view.shownHeads()
    const ramp = maps.signed ? theme.diverging : theme.sequential
    for (let q = 0; q < maps.askers; q++) {
      const rows = heads.map((/** @type {Head} */ head) => view.rowOf(head, q))
      for (let k = 0; k < (maps.back ? q + 1 : maps.tokens); k++) {
        pen.globalAlpha = 1
        pen.fillStyle = ramp.background[maps.signed ? 128 : 0]
        const box = [this.x + k * this.side, this.y + q * this.side, this.side, this.side]
        if (heads.length === 1) pen.fillStyle = ramp.background[rootLevel(rows[0][k], view.limit, maps.signed)]
        pen.fillRect(box[0], box[1], box[2], box[3])
        if (heads.length > 1) this.blend(pen, rows, k, box)
      }
      this.extras(pen, q)
    }
    pen.globalAlpha = 1
    pen.strokeStyle = view.border
    pen.lineWidth = 1
    pen.strokeRect(this.x - 0.5, this.y - 0.5, w + 1, h + 1)
    this.names(pen)
    this.cross()
  }

  /** Of several heads the strongest gives its hue. @param {CanvasRenderingContext2D} pen @param {Float32Array[]} rows @param {number} k @param {number[]} box */
  blend(pen, rows, k, box) {
    const best = rows.reduce((top, row, i) => (Math.abs(row[k]) > Math.abs(rows[top][k]) ? i : top), 0)
    pen.globalAlpha = Math.sqrt(Math.min(1, Math.abs(rows[best][k]) / (this.view.limit || 1)))
    pen.fillStyle = this.view.hues[best % this.view.hues.length]
    pen.fillRect(box[0], box[1], box[2], box[3])
    pen.globalAlpha = 1
  }

  /** What rests on marks beside a row, and the raw map as outlines. @param {CanvasRenderingContext2D} pen @param {number} q */
  extras(pen, q) {
    const { view } = this
    const y = this.y + q * this.side
    if (view.showsRest()) {
      pen.fillStyle = view.theme.sequential.background[rootLevel(view.restOf(q), 1, false)]
      pen.fillRect(this.x - 12, y, 8, this.side)
    }
    const ghost = this.side >= 8 ? view.ghostRow(q) : null
    if (!ghost) return
    pen.strokeStyle = view.muted
    pen.lineWidth = 1
    for (let k = 0; k < ghost.length; k++) {
      const side = Math.sqrt(Math.min(1, ghost[k])) * (this.side - 2)
      if (side < 3) continue
      const x = this.x + k * this.side + (this.side - side) / 2
      pen.strokeRect(Math.round(x) + 0.5, Math.round(y + (this.side - side) / 2) + 0.5, Math.round(side) - 1, Math.round(side) - 1)
    }
  }

  /** @param {CanvasRenderingContext2D} pen */
  names(pen) {
    const { data, maps } = this.view
    const step = Math.max(1, Math.ceil(12 / this.side))
    for (let q = 0; q < maps.askers; q += step) this.name(pen, data.askers[q], q, true, false)
    for (let k = 0; k < maps.tokens; k += step) this.name(pen, data.tokens[k], k, false, false)
  }

  /** @param {CanvasRenderingContext2D} pen @param {string} token @param {number} i @param {boolean} asks @param {boolean} strong */
  name(pen, token, i, asks, strong) {
    const size = Math.max(10, Math.min(13, this.side - 1))
    pen.font = `${strong ? 600 : 400} ${size}px ${this.view.letters}`
    pen.fillStyle = strong ? this.view.text : this.view.muted
    pen.textBaseline = "middle"
    const text = shorten(tokenName(token), 10)
    const middle = (i + 0.5) * this.side
    pen.save()
    if (asks) {
      pen.textAlign = "right"
      pen.fillText(text, this.x - (this.view.showsRest() ? 18 : 6), this.y + middle)
    } else {
      pen.translate(this.x + middle, this.y - 6)
      pen.rotate(-Math.PI / 2)
      pen.textAlign = "left"
      pen.fillText(text, 0, 0)
    }
    pen.restore()
  }

  /** What is pointed at, and the rows that are kept. */
  cross() {
    const { view } = this
    const pen = /** @type {CanvasRenderingContext2D} */ (this.over.getContext("2d"))
    const [w, h] = [this.side * view.maps.tokens, this.side * view.maps.askers]
    pen.clearRect(0, 0, this.over.width, this.over.height)
    pen.strokeStyle = view.primary
    pen.lineWidth = 2
    for (const at of view.tokens) {
      const box = view.side === "q" ? [this.x, this.y + at * this.side, w, this.side] : [this.x + at * this.side, this.y, this.side, h]
      pen.strokeRect(box[0] - 1, box[1] - 1, box[2] + 2, box[3] + 2)
    }
    if (!this.cell) return
    const [q, k] = this.cell
    pen.lineWidth = 1
    pen.strokeRect(this.x, this.y + q * this.side, w, this.side)
    pen.strokeRect(this.x + k * this.side, this.y, this.side, h)
    pen.lineWidth = 2
    pen.strokeRect(this.x + k * this.side - 1, this.y + q * this.side - 1, this.side + 2, this.side + 2)
  }
}
