// Predict, then look: words to mark; and once the map is shown, which of them it has at its top.

const STANDS = [
  ["hit", says("script-marking.hit")],
  ["missed", says("script-marking.missed")],
  ["extra", says("script-marking.extra")],
]
const SIGN = { hit: "✓", missed: "○", extra: "–" }

class Marking {
  /**
   * @param {HTMLElement} root
   * @param {AbortSignal} signal
   */
  constructor(root, signal) {
    this.root = root
    this.signal = signal
    this.rows = /** @type {{cells: Cell[], top: number[] | null}[]} */ ([])
    this.marked = /** @type {Set<number>} */ (new Set())
    this.data = /** @type {any} */ (null)
    this.count = element("p", "count")
    this.count.setAttribute("role", "status")
    this.places = element("div", "places")
    root.append(this.places, this.count)
    // For tests.
    Object.assign(root, { __underhood: this })
  }

  /**
   * @param {any} data
   * @param {(name: string, value: unknown) => void} setState
   */
  update(data, setState) {
    const before = JSON.stringify(this.data)
    this.data = data
    this.setState = setState
    if (before === JSON.stringify(data)) return
    this.marked = new Set(data.marked)
    this.build()
    this.paint()
  }

  /** One strip to mark, or one for each thing the marks are compared with. */
  build() {
    const { truths, words, after, direction } = this.data
    const shown = truths.length ? truths : [{ title: "", top: null }]
    this.rows = shown.map((/** @type {any} */ truth) => {
      const strip = element("div", "strip")
      strip.dir = direction
      const cells = buildWords(strip, words, after)
      cells.forEach((cell, i) => this.prepare(cell, i, truth.top))
      return { cells, top: truth.top, nodes: truth.title ? [element("h3", "title", truth.title), strip] : [strip], strip }
    })
    const nodes = this.rows.flatMap((/** @type {any} */ row) => row.nodes)
    this.places.replaceChildren(...nodes, ...(truths.length ? [legendOfMarks()] : []))
    if (truths.length) return
    const [{ strip, cells }] = /** @type {any[]} */ (this.rows)
    strip.setAttribute("role", "group")
    strip.setAttribute("aria-label", says("script-marking.words"))
    strip.addEventListener("click", (/** @type {Event} */ event) => this.clicked(event), { signal: this.signal })
    strip.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.walk(event, cells), { signal: this.signal })
    const first = this.data.could[0]
    if (first !== undefined) cells[first].button.tabIndex = 0
  }

  /** What a word is: explained, to be marked, or neither. @param {Cell} cell @param {number} i @param {number[] | null} top */
  prepare(cell, i, top) {
    const { asked, could } = this.data
    cell.button.classList.toggle("asked", i === asked)
    const open = could.includes(i) && top === null
    cell.button.disabled = !open
    cell.button.classList.toggle("open", open)
  }

  /** @param {Event} event */
  clicked(event) {
    const node = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".word"))
    const index = Number(node?.dataset.index)
    if (!node || !this.data.could.includes(index)) return
    if (!this.marked.delete(index)) this.marked.add(index)
    this.paint()
    this.setState?.("marked", [...this.marked].sort((a, b) => a - b))
  }

  /** @param {KeyboardEvent} event @param {Cell[]} cells */
  walk(event, cells) {
    const could = /** @type {number[]} */ (this.data.could)
    const node = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest(".word"))
    const at = could.indexOf(Number(node?.dataset.index))
    const ahead = this.data.direction === "rtl" ? "ArrowLeft" : "ArrowRight"
    const back = this.data.direction === "rtl" ? "ArrowRight" : "ArrowLeft"
    const step = { [ahead]: 1, [back]: -1, ArrowDown: 1, ArrowUp: -1, Home: -could.length, End: could.length }[event.key]
    if (at < 0 || step === undefined) return
    event.preventDefault()
    const next = could[Math.max(0, Math.min(could.length - 1, at + step))]
    cells[could[at]].button.tabIndex = -1
    cells[next].button.tabIndex = 0
    cells[next].button.focus()
  }

  paint() {
    for (const { cells, top } of this.rows) {
      cells.forEach((cell, i) => {
        const marked = this.marked.has(i)
        const stand = top === null ? "" : standOf(marked, top.includes(i))
        cell.button.classList.toggle("marked", marked && top === null)
        for (const [name] of STANDS) cell.button.classList.toggle(name, stand === name)
        if (top === null && this.data.could.includes(i)) cell.button.setAttribute("aria-pressed", String(marked))
        if (cell.label !== stand) label(cell, stand)
      })
    }
    const { wanted, truths } = this.data
    this.count.hidden = truths.length > 0
    this.count.textContent = says("script-marking.marked", { count: this.marked.size, wanted })
  }
}

/** @param {boolean} marked @param {boolean} atTop */
function standOf(marked, atTop) {
  if (marked) return atTop ? "hit" : "extra"
  return atTop ? "missed" : ""
}

/** A sign under a word, and the same in words for a screen reader. @param {Cell} cell @param {string} stand */
function label(cell, stand) {
  cell.label = stand
  cell.button.querySelector(".score")?.remove()
  cell.button.removeAttribute("aria-label")
  if (!stand) return
  const said = STANDS.find(([name]) => name === stand)?.[1]
  const sign = element("span", "score", SIGN[stand])
  sign.setAttribute("aria-hidden", "true")
  cell.button.append(sign)
  cell.button.setAttribute("aria-label", `${cell.name}: ${said}`)
}

/** What the signs mean. */
function legendOfMarks() {
  const row = element("p", "legend")
  row.append(...STANDS.map(([name, text]) => element("span", `key ${name}`, `${SIGN[name]} ${text}`)))
  return row
}

export default function ({ data, parentElement, setStateValue }) {
  instance(parentElement, (root, signal) => new Marking(root, signal)).update(data, setStateValue)
  return dispose(parentElement)
}
