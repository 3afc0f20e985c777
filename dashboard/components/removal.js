// Does the answer go when a map's words go? A slider takes them away one by one: the text with those words
// struck out, every method's curve, and the numbers. All of it is here: moving the slider asks for nothing, and where
// it is let go is told for the address.

const GREY = "#8a8f98"

/** An area with two figures, as the sentences write them: 0.93; "about 0" for less. @param {number} p */
function share(p) {
  if (p !== 0 && Math.abs(p) < 0.00005) return says("script-removal.about-zero")
  if (p < 0) return `−${share(-p)}`
  return p.toFixed(p >= 0.0995 ? 2 : p >= 0.00995 ? 3 : 4)
}

/** The fixed parts. @param {HTMLElement} root */
function buildRemoval(root) {
  const readout = element("p", "readout")
  readout.setAttribute("aria-live", "polite")
  const text = element("p", "text")
  const stepper = element("div", "stepper")
  const back = button("tool step", "‹")
  back.setAttribute("aria-label", says("script-removal.fewer"))
  const slider = /** @type {HTMLInputElement} */ (document.createElement("input"))
  slider.type = "range"
  slider.min = "0"
  const on = button("tool step", "›")
  on.setAttribute("aria-label", says("script-removal.more"))
  const modes = element("span", "modes")
  modes.setAttribute("role", "group")
  modes.setAttribute("aria-label", says("script-removal.modes"))
  const ways = [says("script-removal.take-away"), says("script-removal.put-back")].map((name) => button("choice", name))
  modes.append(...ways)
  stepper.append(back, slider, on, modes)
  const chart = element("div", "chart")
  const scroll = element("div", "scroll")
  const foot = element("div", "foot")
  const note = element("span", "legend")
  const tools = element("div", "tools")
  addTools(tools)
  foot.append(note, tools)
  root.append(readout, text, stepper, chart, scroll, foot)
  return { readout, text, back, slider, on, modes, ways, chart, scroll, note, tools }
}

class Removal {
  /**
   * @param {HTMLElement} root
   * @param {AbortSignal} signal
   */
  constructor(root, signal) {
    this.root = root
    this.parts = buildRemoval(root)
    this.data = /** @type {any} */ (null)
    this.chosen = 0
    this.step = 0
    this.preview = /** @type {number | null} */ (null)
    this.back = false
    const { back, slider, on, ways, chart, scroll, tools } = this.parts
    const hear = (/** @type {EventTarget} */ node, /** @type {string} */ type, /** @type {any} */ act) =>
      node.addEventListener(type, act, { signal })
    hear(back, "click", () => this.keep(this.step - 1))
    hear(on, "click", () => this.keep(this.step + 1))
    hear(slider, "input", () => this.go(Number(slider.value)))
    hear(slider, "change", () => this.tell())
    ways.forEach((node, i) => hear(node, "click", () => this.turn(i === 1)))
    hear(chart, "pointermove", (/** @type {PointerEvent} */ event) => this.point(event))
    hear(chart, "pointerleave", () => this.look(null))
    hear(chart, "click", (/** @type {PointerEvent} */ event) => this.keep(this.stepAt(event)))
    hear(scroll, "click", (/** @type {Event} */ event) => this.choose(event))
    hear(tools, "click", (/** @type {Event} */ event) => {
      const { format } = /** @type {HTMLElement} */ (event.target).dataset
      if (format) void saveRemoval(this, format)
    })
    const observer = new ResizeObserver(() => this.data && this.draw())
    observer.observe(chart)
    signal.addEventListener("abort", () => observer.disconnect())
    // For tests: what is shown.
    Object.assign(root, { __underhood: this })
  }

  /**
   * @param {any} data
   * @param {any} theme
   * @param {(name: string, value: unknown) => void} setState
   */
  update({ held, ...data }, theme, setState) {
    const [text, themed] = [JSON.stringify(data), JSON.stringify(theme)]
    const fresh = this.text !== text
    const same = !fresh && this.themed === themed
    Object.assign(this, { of: held.of, themed, theme, setState })
    if (same) return // an answer to what was told
    if (fresh) {
      this.text = text
      this.data = data
      this.count = data.numbers.length
      this.lines = linesOf(data, theme.categorical)
      this.chosen = held.line
      this.back = held.back
      this.step = held.step
      this.cells = writeText(this.parts.text, data)
      this.parts.slider.max = String(this.count)
      this.parts.modes.hidden = !data.random.insertion
      this.parts.chart.setAttribute("role", "img")
      this.parts.chart.setAttribute("aria-label", data.label)
    } else {
      this.lines = linesOf(data, theme.categorical)
    }
    this.draw()
  }

  /** Show the curves of taking away, or of putting back. @param {boolean} back */
  turn(back) {
    this.back = back
    this.draw()
    this.tell()
  }

  /** Keep a step. @param {number} step */
  keep(step) {
    this.go(step)
    this.tell()
  }

  /** The address keeps where the slider was let go, and what is in front. */
  tell() {
    const front = this.chosen ? [this.lines[this.chosen].name] : []
    const at = [this.step, ...(this.back ? ["back"] : []), ...front].join("-")
    this.setState?.("held", { of: this.of, at })
  }

  /** Where the slider and what it moves stand, as data. */
  held() {
    return { of: this.of, step: this.step, back: this.back, line: this.chosen }
  }

  /** Go to a step. @param {number} step */
  go(step) {
    this.step = Math.max(0, Math.min(this.count, step))
    this.preview = null
    this.paint()
  }

  /** Preview a step; null goes back to the kept one. @param {number | null} step */
  look(step) {
    if (this.preview === step) return
    this.preview = step
    this.paint()
  }

  /** @param {PointerEvent} event */
  point(event) {
    if (event.pointerType !== "touch" || event.buttons) this.look(this.stepAt(event))
  }

  /** @param {PointerEvent} event */
  stepAt(event) {
    const { left } = this.parts.chart.getBoundingClientRect()
    const { x0, x1 } = this.plot
    const share = (event.clientX - left - x0) / (x1 - x0)
    return Math.max(0, Math.min(this.count, Math.round(share * this.count)))
  }

  /** @param {Event} event */
  choose(event) {
    const row = /** @type {Element} */ (event.target).closest("[data-line]")
    if (!row) return
    const chosen = Number(/** @type {HTMLElement} */ (row).dataset.line)
    if (this.back && !this.lines[chosen].insertion) return
    this.chosen = chosen
    this.draw()
    this.tell()
  }

  /** Curves and table: what a step does not change. */
  draw() {
    const line = this.lines[this.chosen]
    if (this.back && !line.insertion) this.chosen = 0
    this.parts.ways.forEach((node, i) => node.setAttribute("aria-pressed", String(this.back === (i === 1))))
    this.plot = drawCurves(this.parts.chart, this)
    writeTable(this.parts.scroll, this)
    this.paint()
  }

  /** What a step changes: the marker, the struck words, the sentence. */
  paint() {
    const started = performance.now()
    const step = this.preview ?? this.step
    const line = this.lines[this.chosen]
    const { slider, back, on, readout } = this.parts
    slider.value = String(this.step)
    slider.setAttribute("aria-label", this.back ? says("script-removal.words-put-back") : says("script-removal.words-taken-away"))
    slider.setAttribute("aria-valuetext", says("script-removal.step", { step: this.step, count: this.count }))
    back.disabled = this.step === 0
    on.disabled = this.step === this.count
    const moved = new Set(line.order.slice(0, step).map((/** @type {number} */ k) => this.data.numbers[k]))
    const last = step ? this.data.numbers[line.order[step - 1]] : -1
    const known = new Set(this.data.numbers)
    this.cells.forEach((node, word) => {
      const gone = known.has(word) && moved.has(word) !== this.back
      node.classList.toggle("gone", gone)
      node.classList.toggle("last", word === last)
    })
    mark(this, step)
    writeSentence(readout, removalSentence(this, step))
    this.lastPaintMs = performance.now() - started
  }

  /** The curve of a line in the present direction. @param {any} line */
  curve(line) {
    return this.back ? line.insertion : line.deletion
  }
}

/**
 * The methods and, where it is known, the greedy order: each with its colour.
 * @param {any} data
 * @param {string[]} colours
 */
function linesOf(data, colours) {
  const lines = data.methods.map((/** @type {any} */ method, /** @type {number} */ i) => ({
    ...method,
    colour: colours[i % colours.length],
  }))
  if (data.greedy) lines.push({ ...data.greedy, name: "greedy", title: says("script-removal.greedy-order"), colour: GREY, dotted: true })
  return lines
}

/**
 * The text, word for word; returns the node of each word.
 * @param {HTMLElement} place
 * @param {any} data
 */
function writeText(place, data) {
  place.dir = data.direction
  const nodes = /** @type {(Node | string)[]} */ ([])
  const removable = new Set(data.numbers)
  const cells = data.words.map((/** @type {any} */ word, /** @type {number} */ i) => {
    if (word.n) nodes.push(document.createElement("br"))
    else if (word.s) nodes.push(" ")
    // No box and no `bdi`: so an English phrase in an Arabic text reads in its own direction.
    const node = element("span", removable.has(i) ? "word" : "word fixed", visible(word.t))
    if (data.explained.includes(i)) node.className = "word explained"
    nodes.push(node)
    return node
  })
  if (data.after) nodes.push(" ", element("bdi", "word explained", visible(data.after)))
  place.replaceChildren(...nodes)
  return cells
}

/**
 * What a step says.
 * @param {Removal} shown
 * @param {number} step
 * @returns {Part[]}
 */
function removalSentence(shown, step) {
  const { data, count } = shown
  const line = shown.lines[shown.chosen]
  const values = shown.curve(line)
  const chance = (shown.back ? data.random.insertion : data.random.deletion)[0]
  const p = (/** @type {number} */ at) => percent(values[at])
  if (!step) {
    const whole = { method: line.title, p: p(0) }
    return [shown.back ? says("script-removal.no-word", whole) : says("script-removal.every-word", whole)]
  }
  const word = { name: data.words[data.numbers[line.order[step - 1]]].t }
  const figures = { step, count, from: p(0), to: p(step), chance: percent(chance[step]) }
  const filled = { method: line.title, word, did: data.did, ...figures }
  return shown.back ? saysParts("script-removal.put-back-step", filled) : saysParts("script-removal.did-step", filled)
}

export default function ({ data, parentElement, setStateValue }) {
  const host = "host" in parentElement ? parentElement.host : parentElement
  const listed = getComputedStyle(host).getPropertyValue("--st-chart-categorical-colors")
  const categorical = listed.split(/,(?![^(]*\))/).map((colour) => colour.trim())
  const theme = { ...readTheme(parentElement), categorical }
  instance(parentElement, (root, signal) => new Removal(root, signal)).update(data, theme, setStateValue)
  return dispose(parentElement)
}
