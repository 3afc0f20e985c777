// Where does it look? All heads at a glance, one or several in detail; pointing never asks the server.

class AttentionMap {
  /** @param {HTMLElement} root @param {AbortSignal} signal */
  constructor(root, signal) {
    Object.assign(this, { root, signal, chosen: [], tokens: [], side: "q", marks: false, share: 1, many: false })
    this.parts = buildMapFrame()
    this.grid = new HeadGrid(this)
    this.pictures = { arcs: new Arcs(this), matrix: new Matrix(this) }
    const { overview, detail, tools, live } = this.parts
    overview.append(this.grid.root)
    root.append(overview, detail, live)
    this.wire(tools)
    const watch = new ResizeObserver(() => this.maps && root.clientWidth !== this.width && this.redraw())
    watch.observe(root)
    signal.addEventListener("abort", () => watch.disconnect())
    Object.assign(root, { __underhood: this })
  }

  /** @param {any} tools */
  wire({ looks, marks, several, share, files }) {
    const on = (/** @type {HTMLElement} */ node, /** @type {string} */ kind, /** @type {(event: any) => void} */ act) =>
      node.addEventListener(kind, act, { signal: this.signal })
    for (const node of looks) on(node, "click", () => this.setLook(node.dataset.look))
    on(marks, "click", () => this.change(() => (this.marks = !this.marks)))
    on(several, "click", () => this.change(() => this.one((this.many = !this.many))))
    on(share, "input", () => this.change(() => (this.share = Number(share.value) / 100), false))
    on(share, "change", () => this.tell())
    for (const node of files) on(node, "click", () => saveMap(this, node.dataset.format))
  }

  /** @param {any} data @param {any} theme @param {HTMLElement | ShadowRoot} parent @param {(name: string, value: any) => void} send */
  update(data, theme, parent, send) {
    const same = this.data && String(this.data.tokens) === String(data.tokens)
    const opened = !this.data
    Object.assign(this, { data, theme, send, hues: readHues(parent) })
    const style = getComputedStyle(this.root)
    this.muted = style.getPropertyValue("--muted").trim()
    this.muted = solid(this.muted) || "#777777"
    this.primary = solid(style.getPropertyValue("--st-primary-color")) || "#4338ca"
    this.border = solid(style.getPropertyValue("--st-border-color")) || "#cccccc"
    this.text = solid(style.color) || "#000000"
    this.letters = style.getPropertyValue("--st-code-font") || "monospace"
    this.maps = new Levels(data.maps)
    this.raw = data.ghost && new Levels(data.ghost)
    if (opened) this.open(data.kept)
    else if (!same) this.tokens = []
    if (!same) this.look = this.lookKept || (data.tokens.length > 48 ? "matrix" : "arcs")
    this.wanted ||= [{ layer: data.first[0], head: data.first[1] }]
    this.choose(this.wanted)
    this.redraw(true)
  }

  /** What an address says was kept. @param {any} kept */
  open(kept) {
    const heads = String(kept.heads || "").match(/\d+\.\d+/g) || []
    if (heads.length) {
      this.wanted = heads.map((name) => ({ layer: Number(name.split(".")[0]) - 1, head: Number(name.split(".")[1]) }))
      this.many = heads.length > 1
    }
    if (kept.look === "arcs" || kept.look === "matrix") this.lookKept = kept.look
    const at = (String(kept.tokens || "").match(/\d+/g) || []).map(Number)
    this.side = String(kept.tokens || "").startsWith("k") ? "k" : "q"
    const count = this.side === "q" ? this.data.askers.length : this.data.tokens.length
    this.tokens = at.filter((i) => i < count)
    this.many ||= this.tokens.length > 1
    this.marks = kept.marks === "shown"
    const share = Number(kept.share)
    if (share >= 10 && share <= 100) this.share = share / 100
  }

  /** The heads to show, as far as these maps have them. @param {Head[]} heads */
  choose(heads) {
    const { layers, heads: count } = this.maps
    /** @type {Head[]} */
    const found = []
    for (const { layer, head } of heads) {
      const there = { layer: Math.min(layer, layers - 1), head: Math.min(head, count - 1) }
      if (!found.some((one) => sameHead(one, there))) found.push(there)
    }
    this.chosen = found
  }

  /** Do something, draw all anew, and let the address know. @param {() => any} act */
  change(act, tell = true) {
    act()
    this.redraw(true)
    if (tell) this.tell()
  }

  /** Only the first of several, when several are not wanted any more. @param {boolean} many */
  one(many) {
    if (many) return
    this.wanted = this.chosen.slice(0, 1)
    this.choose(this.wanted)
    this.tokens = this.tokens.slice(0, 1)
  }

  /** @param {any} look */
  setLook(look) {
    this.look = this.lookKept = look
    this.change(() => null)
  }

  /** @param {Head | null} head @param {boolean} add */
  chooseHead(head, add) {
    if (!head) return
    const rest = this.chosen.filter((/** @type {Head} */ one) => !sameHead(one, head))
    const gone = rest.length < this.chosen.length
    if (add) this.many = true
    if (!this.many) this.wanted = [head]
    else if (gone && rest.length) this.wanted = rest
    else if (!gone) this.wanted = [...rest, head].slice(-this.hues.length)
    this.choose(this.wanted)
    this.previewed = null
    this.redraw()
    this.say()
    this.tell()
  }

  /** @param {{kind: string, at: number} | null} place @param {boolean} add */
  chooseToken(place, add) {
    if (!place) this.tokens = []
    else if (place.kind !== this.side) [this.tokens, this.side] = [[place.at], place.kind]
    else {
      const rest = this.tokens.filter((/** @type {number} */ one) => one !== place.at)
      if (add) this.many = true
      if (rest.length < this.tokens.length) this.tokens = rest
      else this.tokens = this.many ? [...rest, place.at].sort((a, b) => a - b) : [place.at]
    }
    this.pointed = null
    this.redraw()
    this.say()
    this.tell()
  }

  /** @param {Head | null} head */
  preview(head) {
    if (!head && !this.previewed) return
    this.previewed = head
    this.picture().draw()
    this.speak(null)
  }

  /** @param {{kind: string, at: number} | null} place */
  pointAt(place) {
    if (!place && !this.pointed) return
    this.pointed = place
    const start = performance.now()
    this.pictures.arcs.draw()
    this.speak(null)
    this.lastPaintMs = performance.now() - start
  }

  get focus() {
    if (this.pointed) return { kind: this.pointed.kind, at: [this.pointed.at] }
    if (this.tokens.length) return { kind: this.side, at: this.tokens }
    return { kind: "q", at: this.maps.askers === 1 ? [0] : [] }
  }

  picture() {
    return this.look === "matrix" ? this.pictures.matrix : this.pictures.arcs
  }

  several() {
    return this.chosen.length > 1
  }

  /** @returns {Head[]} */
  shownHeads() {
    return this.previewed ? [this.previewed] : this.chosen
  }

  /** @param {Head} head */
  nameOf({ layer, head }) {
    if (this.data.joined) return says("script-attention_map.layer", { layer: layer + 1 })
    if (this.maps.layers * this.maps.heads === 1) return says("script-attention_map.its-attention")
    return says("script-attention_map.head", { layer: layer + 1, head })
  }

  /** The address keeps what was chosen. */
  tell() {
    const heads = this.chosen.map((/** @type {Head} */ one) => `${one.layer + 1}.${one.head}`).join(",")
    const tokens = this.tokens.length ? this.side + this.tokens.join(",") : ""
    const share = this.share < 1 ? String(Math.round(100 * this.share)) : ""
    this.send("kept", { heads, tokens, look: this.lookKept || "", marks: this.marks ? "shown" : "", share })
  }

  /** Draw everything; `anew` when numbers may have changed. */
  redraw(anew = false) {
    const start = performance.now()
    this.width = this.root.clientWidth
    if (anew) readNumbers(this)
    writeMapFrame(this)
    const alone = this.maps.layers * this.maps.heads === 1
    this.root.classList.toggle("alone", alone)
    if (!alone) this.grid.draw()
    const { body } = this.parts
    const picture = this.picture()
    const arcs = this.pictures.arcs
    body.replaceChildren(...(picture === arcs ? [arcs.head, arcs.root] : [picture.root]))
    picture.build()
    picture.draw()
    this.speak(null)
    this.lastPaintMs = performance.now() - start
  }

  /** Write the sentence above the picture. @param {number[] | null} cell */
  speak(cell) {
    const { title, said } = this.parts
    const [first, ...others] = this.shownHeads()
    const role = others.length ? "" : this.data.roles?.[first.layer]?.[first.head]
    const names = others.length ? says("script-attention_map.heads", { count: others.length + 1 }) : this.nameOf(first)
    title.textContent = role ? `${names} · ${role}` : names
    writeSentence(said, mapSentence(this, cell))
  }

  /** What a screen reader hears. */
  say() {
    const { live, title, said } = this.parts
    live.textContent = `${title.textContent}. ${said.textContent}`
  }

  /** @param {Head} head @param {number} q */
  rowOf(head, q) {
    return rowShown(this, head, q)
  }

  /** @param {number} q */
  ghostRow(q) {
    return ghostRow(this, q)
  }

  /** @param {number} layer @param {number} head */
  levelsOf(layer, head) {
    return levelsOf(this, layer, head)
  }

  sums() {
    return sumsShown(this)
  }

  /** @param {number} q */
  restOf(q) {
    return restOf(this, q)
  }

  showsRest() {
    return !this.marks && this.data.shares && this.data.sinks.length > 0
  }

  /** A value with its unit. @param {number} value */
  written(value) {
    return this.data.shares ? percent(value) : number(value, decimals(this.limit), this.maps.signed)
  }
}

export default function ({ data, parentElement, setStateValue }) {
  instance(parentElement, (root, signal) => new AttentionMap(root, signal)).update(
    data,
    readTheme(parentElement),
    parentElement,
    setStateValue,
  )
  return dispose(parentElement)
}
