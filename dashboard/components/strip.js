// What the two strips share: the words as buttons, pointing, keys, pinning, the readout, downloads.

/**
 * @typedef {object} View What a kind of strip shows for one target.
 * @property {Ramp} ramp
 * @property {(index: number) => number} level colour of a word, 0 to 255, or -1
 * @property {(index: number) => boolean} dim
 * @property {[number, string][]} labels the largest first
 * @property {Part[]} sentence
 *
 * @typedef {object} Kind How a strip of one kind reads its data.
 * @property {(strip: any) => void} prepare after new data or a new theme
 * @property {(strip: any) => number | null} fallback the target when nothing is pinned
 * @property {(strip: any, index: number) => boolean} pinnable is there anything to keep
 * @property {(strip: any, target: number | null) => View} view
 * @property {((strip: any, index: number, event: any) => boolean)} [clicked] true: the click is dealt with
 * @property {(strip: any) => (string | number | null)[][]} table
 * @property {(strip: any) => object} record
 */

// How long an answer from the server may be older than the reader's last click.
const STALE_MS = 2000
// From here on the words are set smaller.
const MANY = 260

/** @param {Kind} kind */
function makeStrip(kind) {
  return (/** @type {HTMLElement} */ root, /** @type {AbortSignal} */ signal) =>
    new Strip(root, signal, kind)
}

class Strip {
  /**
   * @param {HTMLElement} root
   * @param {AbortSignal} signal
   * @param {Kind} kind
   */
  constructor(root, signal, kind) {
    this.root = root
    this.signal = signal
    this.kind = kind
    this.frame = buildFrame(root)
    this.editor = new Editor(this)
    /** @type {any} */
    this.data = null
    /** @type {any} */
    this.theme = null
    this.cells = /** @type {Cell[]} */ ([])
    this.nth = /** @type {number[]} */ ([])
    this.places = /** @type {ReturnType<typeof measure> | null} */ (null)
    /** @type {Ramp | null} the colours of the legend's bar, where there is one */
    this.ramp = null
    this.pin = /** @type {number | null} */ (null)
    this.preview = /** @type {number | null} */ (null)
    this.focused = /** @type {number | null} */ (null)
    this.shown = /** @type {number | null} */ (null)
    this.sent = { value: /** @type {number | null} */ (null), at: -Infinity }
    this.lastPaintMs = 0
    this.paints = 0
    this.listen()
    // For tests: what is shown and how long painting took.
    Object.assign(root, { __underhood: this })
  }

  listen() {
    const { words, tools } = this.frame
    const on = (
      /** @type {EventTarget} */ node,
      /** @type {string} */ type,
      /** @type {any} */ act,
    ) => node.addEventListener(type, act, { signal: this.signal })
    on(words, "pointerover", (/** @type {PointerEvent} */ event) => {
      if (event.pointerType !== "touch") this.look(this.indexOf(event))
    })
    on(words, "pointerleave", (/** @type {PointerEvent} */ event) => {
      if (event.pointerType !== "touch") this.lookAt(this.focused)
    })
    on(words, "focusin", (/** @type {FocusEvent} */ event) => this.onFocus(event))
    on(words, "focusout", (/** @type {FocusEvent} */ event) => {
      if (event.relatedTarget && words.contains(/** @type {Node} */ (event.relatedTarget))) return
      this.focused = null
      this.lookAt(null)
    })
    on(words, "click", (/** @type {Event} */ event) => {
      const index = this.indexOf(event)
      if (index === null || this.editor.takes(event)) return
      if (!this.kind.clicked?.(this, index, event)) this.choose(index)
    })
    on(words, "keydown", (/** @type {KeyboardEvent} */ event) => this.onKey(event))
    on(tools, "click", (/** @type {Event} */ event) => {
      const format = /** @type {HTMLElement} */ (event.target).dataset.format
      if (format) void this.save(format)
    })
    const observer = new ResizeObserver(() => this.remeasure())
    observer.observe(words)
    this.signal.addEventListener("abort", () => observer.disconnect())
    document.fonts.ready.then(() => this.remeasure())
  }

  /**
   * New data or a new theme from Streamlit.
   * @param {any} data
   * @param {ReturnType<typeof readTheme>} theme
   * @param {(name: string, value: unknown) => void} setState
   * @param {(name: string, value: unknown) => void} [trigger]
   */
  update(data, theme, setState, trigger) {
    const before = this.data
    this.data = data
    this.theme = theme
    this.setState = setState
    this.trigger = trigger
    const text = JSON.stringify([data.words, data.after])
    this.frame.words.dir = data.direction || "ltr"
    if (this.text !== text) {
      this.text = text
      this.cells = buildWords(this.frame.words, data.words, data.after || [])
      this.nth = occurrences(this.cells)
      this.places = null
      this.preview = this.focused = this.shown = null
    }
    this.editor.update(data.edits)
    for (const cell of this.cells) cell.level = NaN
    this.root.classList.toggle("many", this.cells.length > MANY)
    this.frame.words.setAttribute("aria-label", data.label || says("script-strip.words"))
    if (data.group && data.group !== before?.group) {
      listen(data.group, this.root, (detail) => this.onLinked(detail), this.signal)
    }
    this.kind.prepare(this)
    const selected = data.selected ?? null
    // An answer to an earlier click must not undo a later one.
    const stale = selected !== this.sent.value && performance.now() - this.sent.at < STALE_MS
    if (!stale) this.pin = selected
    this.markPin()
    this.paint()
  }

  /** The word an event is about. @param {Event} event */
  indexOf(event) {
    const node = /** @type {Element} */ (event.target).closest(".word")
    return node ? Number(/** @type {HTMLElement} */ (node).dataset.index) : null
  }

  /** Preview a word, unless the pointer is between two. @param {number | null} index */
  look(index) {
    if (index !== null) this.lookAt(index)
  }

  /** Preview a word; null goes back to the pinned one. @param {number | null} index */
  lookAt(index) {
    if (this.preview === index) return
    this.preview = index
    if (this.target() !== this.shown) this.paint()
    emit(this.data.group, { kind: "word", index, from: this.root })
  }

  /** What is to be shown: pointed at, else pinned, else the kind's choice. */
  target() {
    const wanted = this.preview ?? this.pin ?? this.kind.fallback(this)
    return wanted !== null && wanted < this.cells.length ? wanted : null
  }

  paint() {
    const start = performance.now()
    const target = this.target()
    const view = this.kind.view(this, target)
    const labels = clearLabels(view.labels, this.places, this.labelSize || 11)
    this.cells.forEach((cell, i) => {
      paintCell(cell, view.ramp, view.level(i), view.dim(i), labels.get(i) || "")
    })
    if (target !== this.shown) {
      if (this.shown !== null) this.cells[this.shown]?.button.classList.remove("on")
      this.shown = target
    }
    if (target !== null) this.cells[target].button.classList.add("on")
    this.sentence = view.sentence
    writeSentence(this.frame.readout, view.sentence)
    this.paints += 1
    this.lastPaintMs = performance.now() - start
  }

  /** After a layout: where the words are now, so that labels keep clear of each other. */
  remeasure() {
    if (!this.cells.length || this.signal.aborted) return
    this.places = measure(this.cells)
    this.labelSize = 0.6875 * parseFloat(getComputedStyle(document.documentElement).fontSize)
    this.paint()
  }

  /** Pin a word, or unpin it; only this tells the server. @param {number} index */
  choose(index) {
    if (!this.kind.pinnable(this, index) && this.pin !== index) {
      this.lookAt(index)
      this.say()
      return
    }
    this.pin = this.pin === index ? null : index
    // Unpinned, the default shows at once, although the pointer is still on the word.
    this.preview = this.focused = null
    this.sent = { value: this.pin, at: performance.now() }
    this.markPin()
    this.paint()
    this.say()
    this.setState?.("selected", this.pin)
  }

  markPin() {
    // Tab comes back to where the focus is, else to the pinned word, else to the one shown.
    const active = this.frame.words.querySelector(":focus")?.getAttribute("data-index")
    const stop = active ? Number(active) : (this.pin ?? this.kind.fallback(this) ?? 0)
    this.cells.forEach(({ button: node }, i) => {
      node.classList.toggle("pinned", i === this.pin)
      node.setAttribute("aria-pressed", String(i === this.pin))
      node.tabIndex = i === Math.min(stop, this.cells.length - 1) ? 0 : -1
    })
  }

  say() {
    this.frame.live.textContent = sayWords(this.sentence || [])
  }

  /** @param {FocusEvent} event */
  onFocus(event) {
    const index = this.indexOf(event)
    const node = /** @type {HTMLElement} */ (event.target)
    if (index === null || !node.matches(":focus-visible")) return
    this.focused = index
    this.lookAt(index)
    this.say()
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const index = this.indexOf(event)
    if (index === null || this.editor.onKey(index, event)) return
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === "Escape") return this.release(event)
    const turned = getComputedStyle(this.cells[index].button).direction === "rtl" // a phrase may run otherwise
    const [ahead, back] = turned ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"]
    const last = this.cells.length - 1
    const step = { [ahead]: 1, [back]: -1, ArrowDown: 1, ArrowUp: -1, Home: -last, End: last }
    if (!(event.key in step)) return
    event.preventDefault()
    const next = Math.max(0, Math.min(last, index + step[event.key]))
    this.cells[index].button.tabIndex = -1
    this.cells[next].button.tabIndex = 0
    this.cells[next].button.focus()
  }

  /** Escape: let go of the pin, or of the preview. @param {KeyboardEvent} event */
  release(event) {
    if (this.pin !== null) {
      event.stopPropagation()
      return this.choose(this.pin)
    }
    this.focused = null
    this.lookAt(null)
    this.say()
  }

  /** @param {{kind: string, index: number | null}} detail */
  onLinked({ kind, index }) {
    if (kind !== "word") return
    this.root.querySelector(".linked")?.classList.remove("linked")
    if (index !== null) this.cells[index]?.button.classList.add("linked")
  }

  /** @param {string} format */
  async save(format) {
    const at = this.shown === null ? "" : `-word${this.shown}`
    const stem = `${this.data.name}${format === "CSV" || format === "JSON" ? "" : at}`
    if (format === "CSV") return download(stem, "csv", toCsv(this.kind.table(this)), "text/csv")
    if (format === "JSON") {
      const { caption } = this.data
      return download(stem, "json", toJson({ caption, ...this.kind.record(this) }), "application/json")
    }
    if (format === "HTML") return savePage(this.root, stem, { ...this.data, selected: this.pin, edits: null })
    const scene = makeScene(this.root, {
      skip: (node) => node.matches(".tools, .unseen, .editor, [aria-pressed=false].choice"),
      ramp: this.ramp,
      caption: this.data.caption || "",
      background: this.theme.background,
      muted: getComputedStyle(this.frame.legend).color,
    })
    return savePicture(format, stem, scene)
  }
}
