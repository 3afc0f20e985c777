// Several maps of one number, word under word: each line of text once for each method, in its colours. Two
// methods at a time are compared: the words they rank most differently are underlined. A click pins a word.

const LABEL_WIDTH = 168
const NARROW = 560

/** The fixed parts. @param {HTMLElement} root */
function buildMaps(root) {
  const readout = element("p", "readout")
  const pairs = element("div", "pairs")
  pairs.setAttribute("role", "group")
  pairs.setAttribute("aria-label", says("script-maps.two-methods"))
  const key = element("p", "key")
  const lines = element("div", "lines")
  const foot = element("div", "foot")
  const legend = element("div", "legend")
  const bar = element("span", "bar")
  const ends = element("span", "ends")
  ends.append(element("span", "low"), bar, element("span", "high"))
  const hint = element("span", "hint")
  legend.append(ends, hint)
  const tools = element("div", "tools")
  addTools(tools)
  foot.append(legend, tools)
  const live = element("div", "unseen")
  live.setAttribute("aria-live", "polite")
  root.append(readout, pairs, key, lines, foot, live)
  return { readout, pairs, key, lines, legend, bar, ends, hint, tools, live }
}

class Maps {
  /**
   * @param {HTMLElement} root
   * @param {AbortSignal} signal
   */
  constructor(root, signal) {
    this.root = root
    this.parts = buildMaps(root)
    this.data = /** @type {any} */ (null)
    this.pair = 0
    this.word = /** @type {number | null} */ (null) // that is pointed at
    this.pin = /** @type {number | null} */ (null)
    this.width = 0
    const { pairs, lines, tools } = this.parts
    const hear = (/** @type {EventTarget} */ node, /** @type {string} */ type, /** @type {any} */ act) =>
      node.addEventListener(type, act, { signal })
    hear(pairs, "click", (/** @type {Event} */ event) => {
      const pair = numberOf(event, "pair")
      if (pair !== null) this.choose(pair)
    })
    hear(lines, "pointerover", (/** @type {Event} */ event) => this.look(wordOf(event)))
    hear(lines, "pointerleave", () => this.look(null))
    hear(lines, "focusin", (/** @type {Event} */ event) => this.look(wordOf(event)))
    hear(lines, "focusout", () => this.look(null))
    hear(lines, "click", (/** @type {Event} */ event) => this.keep(wordOf(event)))
    hear(lines, "keydown", (/** @type {KeyboardEvent} */ event) => this.walk(event))
    hear(tools, "click", (/** @type {Event} */ event) => {
      const { format } = /** @type {HTMLElement} */ (event.target).dataset
      if (format) void saveMaps(this, format)
    })
    const observer = new ResizeObserver(() => this.reflow())
    observer.observe(root)
    signal.addEventListener("abort", () => observer.disconnect())
    // For tests: what is shown.
    Object.assign(root, { __underhood: this })
  }

  /**
   * @param {any} data
   * @param {ReturnType<typeof readTheme>} theme
   * @param {(name: string, value: unknown) => void} setState
   */
  update({ held, ...data }, theme, setState) {
    const [text, themed] = [JSON.stringify(data), JSON.stringify(theme)]
    const fresh = this.text !== text
    const same = !fresh && this.themed === themed
    Object.assign(this, { of: held.of, themed, theme, setState })
    if (same) return // an answer to what was told; drawing anew would take the focus away
    if (fresh) Object.assign(this, { text, data, pair: held.pair, pin: held.word, word: null })
    this.signed = data.rows.some((/** @type {any} */ row) => row.signed)
    this.ramp = this.signed ? theme.diverging : theme.sequential
    const { bar, ends, hint } = this.parts
    hint.textContent = data.scale ? data.scale[1] : says("script-maps.own-scale")
    bar.style.backgroundImage = gradient(this.ramp)
    ends.firstChild.textContent = data.scale?.[2] || (this.signed ? says("script-maps.pushes-down") : "0")
    ends.lastChild.textContent = data.scale ? data.scale[0] : this.signed ? says("script-maps.pushes-up") : says("script-maps.matters-most")
    this.writePairs()
    this.width = 0
    this.reflow()
  }

  /** Break the text into lines that fit, when the width has changed. */
  reflow() {
    const width = this.root.clientWidth
    if (!this.data || !width || width === this.width) return
    this.width = width
    const narrow = width < NARROW
    this.root.classList.toggle("narrow", narrow)
    this.writeKey(narrow)
    const letter = letterWidth(this.parts.lines)
    const room = (width - (narrow ? 28 : LABEL_WIDTH)) / letter - 1
    const groups = fitted(this.data.words, this.data.rows, room)
    this.cells = new Map()
    this.parts.lines.dir = this.data.direction
    this.parts.lines.replaceChildren(...groups.map((group) => this.line(group, narrow)))
    this.underline()
  }

  /** What the numbers before the rows stand for, where there is no room for names. @param {boolean} narrow */
  writeKey(narrow) {
    const entries = this.data.rows.map((/** @type {any} */ row, /** @type {number} */ r) => {
      const entry = element("span", "entry")
      entry.append(element("strong", "", String(r + 1)), ` ${row.title}`)
      return entry
    })
    this.parts.key.hidden = !narrow
    this.parts.key.replaceChildren(...(narrow ? entries : []))
  }

  /**
   * One line of text for all methods.
   * @param {number[]} group
   * @param {boolean} narrow
   */
  line(group, narrow) {
    const grid = element("div", "line")
    const label = narrow ? "1.5rem" : `${LABEL_WIDTH}px`
    grid.style.gridTemplateColumns = `${label} repeat(${group.length}, max-content)`
    this.data.rows.forEach((/** @type {any} */ row, /** @type {number} */ r) => {
      const name = element("span", "label", narrow ? String(r + 1) : row.title)
      name.title = row.title
      grid.append(name)
      for (const index of group) grid.append(this.cell(row, r, index))
    })
    return grid
  }

  /**
   * @param {any} row
   * @param {number} r
   * @param {number} index
   */
  cell(row, r, index) {
    const word = this.data.words[index]
    const node = r === 0 ? button("cell word") : element("span", "cell word")
    node.textContent = written(word, row, index)
    node.dir = "auto"
    node.dataset.word = String(index)
    if (r === 0) node.tabIndex = index === this.firstWord() ? 0 : -1
    const value = row.values[index]
    if (this.data.explained.includes(index)) node.classList.add("explained")
    else if (value === null) node.classList.add("none")
    else {
      const level = Math.round(this.signed ? 127.5 + 127.5 * value : 255 * value)
      node.style.backgroundColor = this.ramp.background[level]
      node.style.color = this.ramp.text[level]
    }
    const known = this.cells.get(index) || []
    this.cells.set(index, [...known, node])
    return node
  }

  firstWord() {
    const { rows } = this.data
    return rows[0].values.findIndex((/** @type {number | null} */ v) => v !== null)
  }

  writePairs() {
    const { rows, pairs } = this.data
    const nodes = pairs.map((/** @type {any} */ pair, /** @type {number} */ i) => {
      const node = button("pair")
      node.dataset.pair = String(i)
      const rho = number(pair.rho, 2)
      node.append(`${pairName(rows, pair)} `, element("strong", "", rho))
      return node
    })
    this.parts.pairs.replaceChildren(...nodes)
  }

  /** Compare two methods; the sentence is about them. @param {number} pair */
  choose(pair) {
    Object.assign(this, { pair, pin: null })
    this.underline()
    this.tell()
  }

  /** Pin a word, or let go of it. @param {number | null} word */
  keep(word) {
    if (word === null) return this.look(null)
    this.pin = this.pin === word ? null : word
    this.look(this.pin, true)
    this.tell()
  }

  /** What is pinned and compared, as data. */
  held() {
    return { of: this.of, word: this.pin, pair: this.pair }
  }

  /** Say it, and let the address keep the pinned word and the pair. */
  tell() {
    this.parts.live.textContent = sayWords(this.sentence())
    const pair = this.pair === this.data.first ? "" : `-${this.data.pairs[this.pair].name}`
    this.setState?.("held", { of: this.of, at: `${this.pin ?? ""}${pair}` })
  }

  /** Mark the words on which the two chosen methods differ most. */
  underline() {
    const pair = this.data.pairs[this.pair]
    ;[...this.parts.pairs.children].forEach((node, i) =>
      node.setAttribute("aria-pressed", String(i === this.pair)),
    )
    this.cells.forEach((/** @type {HTMLElement[]} */ nodes, /** @type {number} */ index) =>
      nodes.forEach((node, r) => {
        const chosen = pair && (r === pair.one || r === pair.other)
        node.classList.toggle("apart", Boolean(chosen && pair.disputed.includes(index)))
      }),
    )
    this.look(null, true)
  }

  /**
   * @param {number | null} word
   * @param {boolean} [anew]
   */
  look(word, anew) {
    if (this.word === word && !anew) return
    this.word = word
    const shown = this.shown()
    this.cells.forEach((/** @type {HTMLElement[]} */ nodes, /** @type {number} */ index) =>
      nodes.forEach((node, r) => {
        node.classList.toggle("on", index === shown)
        node.classList.toggle("pinned", index === this.pin)
        if (r === 0) node.setAttribute("aria-pressed", String(index === this.pin))
      }),
    )
    writeSentence(this.parts.readout, this.sentence())
  }

  /** The word that is pointed at, else the pinned one. */
  shown() {
    return this.word ?? this.pin
  }

  /** @returns {Part[]} */
  sentence() {
    const { rows, words, pairs } = this.data
    const shown = this.shown()
    if (shown !== null) {
      const scored = rows
        .map((/** @type {any} */ row) => [row.title, row.written[shown], row.ranks[shown]])
        .filter((/** @type {any[]} */ entry) => entry[1] !== null)
      const scores = scored.map(([title, value, rank]) => says("script-maps.score", { method: title, value, rank: ordinal(rank) })).join(", ")
      const word = { name: visible(words[shown].t) }
      return scores ? saysParts("script-maps.scores", { word, scores }) : saysParts("script-maps.no-score", { word })
    }
    const pair = pairs[this.pair]
    if (!pair) return [says("script-maps.point")]
    const named = pair.disputed.map((/** @type {number} */ w) => visible(words[w].t))
    const differ = [...new Set(named)].map((name) => {
      const times = named.filter((/** @type {string} */ other) => other === name).length
      return times > 1 ? saysParts("script-maps.times", { word: { name }, count: times }) : [{ name }]
    })
    const filled = { pair: pairName(rows, pair), rho: number(pair.rho, 2), kendall: number(pair.kendall, 2) }
    const said = pair.said || says("script-maps.agree", filled)
    return differ.length ? [`${said} `, ...saysParts("script-maps.differ", { words: joinParts(differ) })] : [said]
  }

  /** Arrow keys walk through the words of the first method; Escape lets go. @param {KeyboardEvent} event */
  walk(event) {
    const index = wordOf(event)
    if (event.key === "Escape" && this.pin !== null) {
      event.stopPropagation()
      return this.keep(this.pin)
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (index === null || !step) return
    event.preventDefault()
    const next = this.cells.get(index + (this.data.direction === "rtl" ? -step : step))?.[0]
    if (!next) return
    this.cells.get(index)[0].tabIndex = -1
    next.tabIndex = 0
    next.focus()
  }
}

/** The two methods of a pair. @param {any[]} rows @param {any} pair */
const pairName = (rows, { one, other }) => says("script-maps.pair", { one: rows[one].title, other: rows[other].title })

export default function ({ data, parentElement, setStateValue }) {
  const theme = readTheme(parentElement)
  instance(parentElement, (root, signal) => new Maps(root, signal)).update(data, theme, setStateValue)
  return dispose(parentElement)
}
