// One head, or several, as arcs: who asks on the left, what is looked at on the right.

class Arcs {
  /** @param {any} view */
  constructor(view) {
    this.view = view
    this.root = element("div", "arcs")
    this.canvas = /** @type {HTMLCanvasElement} */ (document.createElement("canvas"))
    this.canvas.setAttribute("aria-hidden", "true")
    this.left = element("div", "side from")
    this.right = element("div", "side to")
    for (const side of [this.left, this.right]) side.setAttribute("role", "group")
    this.left.setAttribute("aria-label", says("script-attention_arcs.who-asks"))
    this.right.setAttribute("aria-label", says("script-attention_arcs.what-is-looked-at"))
    this.head = element("div", "columns")
    this.head.append(element("span"), element("span", "", says("script-attention_arcs.looks-at")))
    this.root.append(this.canvas, this.left, this.right)
    const on = (/** @type {string} */ kind, /** @type {(event: any) => void} */ act) =>
      this.root.addEventListener(kind, act, { signal: view.signal })
    on("pointerover", (event) => event.pointerType !== "touch" && view.pointAt(placeOf(event)))
    on("pointerleave", () => view.pointAt(null))
    on("focusin", (event) => view.pointAt(placeOf(event)))
    on("click", (event) => view.chooseToken(placeOf(event), event.shiftKey || event.ctrlKey))
    on("keydown", (event) => this.onKey(event))
  }

  build() {
    const { data, maps } = this.view
    this.head.children[0].textContent = maps.askers === 1 ? says("script-attention_arcs.the-answer") : says("script-attention_arcs.asks")
    const most = Math.max(maps.tokens, maps.askers)
    this.row = FINGER ? 44 : Math.max(14, Math.min(24, Math.floor(720 / most)))
    this.root.style.setProperty("--row", `${this.row}px`)
    this.root.style.setProperty("--letters", `${Math.min(14, this.row - 2)}px`)
    this.root.style.height = `${most * this.row}px`
    const fill = (/** @type {HTMLElement} */ side, /** @type {string[]} */ names, /** @type {string} */ kind) => {
      const nodes = names.map((name, i) => {
        const node = button("token")
        Object.assign(node.dataset, { kind, at: i })
        node.append(element("bdi", "", shorten(tokenName(name), 14)), element("span", "share"), element("i", "rest"))
        node.classList.toggle("mark", kind === "k" && data.sinks.includes(i))
        node.tabIndex = i ? -1 : 0
        return node
      })
      const pad = ((most - names.length) * this.row) / 2
      side.style.paddingBlock = `${pad}px`
      side.replaceChildren(...nodes)
      return nodes
    }
    this.asking = fill(this.left, data.askers, "q")
    this.looked = fill(this.right, data.tokens, "k")
  }

  /** @param {any} event */
  onKey(event) {
    const at = placeOf(event)
    if (!at) return
    const lists = at.kind === "q" ? this.asking : this.looked
    const step = { ArrowDown: 1, ArrowUp: -1 }[/** @type {string} */ (event.key)]
    let next = step ? lists[at.at + step] : null
    if (event.key === "ArrowRight" && at.kind === "q") next = this.looked[Math.min(at.at, this.looked.length - 1)]
    if (event.key === "ArrowLeft" && at.kind === "k") next = this.asking[Math.min(at.at, this.asking.length - 1)]
    if (event.key === "Escape") return this.view.chooseToken(null, false)
    if (!next) return
    event.preventDefault()
    lists[at.at].tabIndex = -1
    next.tabIndex = 0
    next.focus()
  }

  draw() {
    const { view } = this
    const { data, theme, focus } = view
    this.label() // first: bars beside the words take room
    const [width, height] = [this.root.clientWidth, this.root.clientHeight]
    if (!width) return
    const pen = sized(this.canvas, width, height)
    const x0 = this.left.offsetWidth + 4
    const x1 = width - this.right.offsetWidth - 4
    const y = (/** @type {string} */ kind, /** @type {number} */ i) => {
      const names = kind === "q" ? data.askers : data.tokens
      return (Math.max(data.tokens.length, data.askers.length) - names.length) * (this.row / 2) + (i + 0.5) * this.row
    }
    const ink = theme.sequential.background[235]
    const against = theme.diverging.background[10]
    pen.lineCap = "round"
    const arc = (/** @type {number} */ q, /** @type {number} */ k) => {
      const middle = (x0 + x1) / 2
      pen.beginPath()
      pen.moveTo(x0, y("q", q))
      pen.bezierCurveTo(middle, y("q", q), middle, y("k", k), x1, y("k", k))
      pen.stroke()
    }
    const quiet = focus.at.length === 0
    const all = data.askers.map((/** @type {string} */ _, /** @type {number} */ i) => i)
    const asked = focus.kind === "q" && !quiet ? focus.at : all
    const looked = focus.kind === "k" && !quiet ? new Set(focus.at) : null
    for (const q of asked) this.ghost(pen, arc, q, looked, quiet)
    view.shownHeads().forEach((/** @type {Head} */ head, /** @type {number} */ place, /** @type {Head[]} */ all) => {
      for (const q of asked) {
        const row = view.rowOf(head, q)
        for (let k = 0; k < row.length; k++) {
          if (!row[k] || (looked && !looked.has(k))) continue
          const part = Math.min(1, Math.abs(row[k]) / (view.limit || 1))
          if (part < (quiet ? 0.02 : 0.004)) continue
          pen.strokeStyle = all.length > 1 ? view.hues[place % view.hues.length] : row[k] < 0 ? against : ink
          pen.globalAlpha = Math.min(1, (quiet ? 0.1 : 0.25) + 0.9 * part)
          pen.lineWidth = Math.max(0.7, part * Math.min(7, this.row * 0.45))
          arc(q, k)
        }
      }
    })
    pen.globalAlpha = 1
  }

  /** The raw map behind another one, thin and grey. @param {CanvasRenderingContext2D} pen @param {(q: number, k: number) => void} arc @param {number} q @param {Set<number> | null} looked @param {boolean} quiet */
  ghost(pen, arc, q, looked, quiet) {
    const row = this.view.ghostRow(q)
    if (!row) return
    pen.strokeStyle = this.view.muted
    pen.lineWidth = 1
    pen.setLineDash([2, 3])
    for (let k = 0; k < row.length; k++) {
      if (row[k] < (quiet ? 0.15 : 0.03) || (looked && !looked.has(k))) continue
      pen.globalAlpha = Math.min(0.9, 0.15 + row[k])
      arc(q, k)
    }
    pen.setLineDash([])
  }

  /** Colours and shares beside the words of the other side. */
  label() {
    const { view } = this
    const { focus, theme, data } = view
    const ramp = view.maps.signed ? theme.diverging : theme.sequential
    const sums = view.sums()
    for (const [nodes, kind] of /** @type {[HTMLElement[], string][]} */ ([[this.asking, "q"], [this.looked, "k"]])) {
      nodes.forEach((node, i) => {
        const chosen = focus.kind === kind && focus.at.includes(i)
        const value = sums && focus.kind !== kind ? sums[i] : 0
        const level = rootLevel(value, view.limit, view.maps.signed)
        const coloured = Math.abs(value) > 0.004 * view.limit
        node.setAttribute("aria-pressed", String(chosen && view.tokens.includes(i) && view.side === kind))
        node.classList.toggle("chosen", chosen)
        node.style.backgroundColor = coloured ? ramp.background[level] : ""
        node.style.color = coloured ? ramp.text[level] : ""
        node.classList.toggle("mark", kind === "k" && !view.marks && data.sinks.includes(i))
        const share = /** @type {HTMLElement} */ (node.children[1])
        const worth = coloured && Math.abs(value) > 0.02 * view.limit
        share.textContent = worth ? view.written(value) : ""
        if (kind === "q") node.style.setProperty("--rests", `${Math.round(100 * view.restOf(i))}%`)
      })
    }
    this.root.classList.toggle("resting", view.showsRest())
    this.root.style.setProperty("--warm", theme.sequential.background[200])
  }
}

/** @param {any} event @returns {{kind: string, at: number} | null} */
function placeOf(event) {
  const at = event.target.closest?.(".token")?.dataset
  return at ? { kind: at.kind, at: Number(at.at) } : null
}

/** A token as a reader sees it; the mark before a text has a name. @param {string} token */
const tokenName = (token) => (token.trim() ? visible(token.replace(/^ /, "")) : token ? "␣" : says("script-attention_arcs.start"))
