// How does a word become pieces? Merge by merge, with a stepper; all of it is here, nothing is asked for.

/**
 * @typedef {{shown: string, number: number, vector: number[]}} VocabularyPiece
 * @typedef {{word: string, steps: string[][], joined: number[], ranks: number[], pieces: VocabularyPiece[]}} Growth
 */

/** The fixed parts. @param {HTMLElement} root */
function buildMerges(root) {
  const words = element("div", "choices")
  words.setAttribute("role", "group")
  const stepper = element("div", "stepper")
  const back = button("tool step", says("script-merges.back"))
  const slider = /** @type {HTMLInputElement} */ (document.createElement("input"))
  slider.type = "range"
  slider.min = "0"
  slider.setAttribute("aria-label", says("script-merges.merges-done"))
  const on = button("tool step", says("script-merges.next"))
  const said = element("p", "said")
  said.setAttribute("aria-live", "polite")
  stepper.append(back, slider, on)
  const rows = element("ol", "rows")
  const table = element("div", "numbers")
  table.tabIndex = 0
  table.setAttribute("role", "group")
  table.setAttribute("aria-label", says("script-merges.pieces"))
  root.append(words, stepper, said, rows, table)
  return { words, back, slider, on, said, rows, table }
}

class Merges {
  /**
   * @param {HTMLElement} root
   * @param {AbortSignal} signal
   */
  constructor(root, signal) {
    this.parts = buildMerges(root)
    this.data = /** @type {any} */ (null)
    this.chosen = 0
    this.step = 0
    const { words, back, slider, on } = this.parts
    words.addEventListener("click", (event) => this.choose(event), { signal })
    back.addEventListener("click", () => this.go(this.step - 1), { signal })
    on.addEventListener("click", () => this.go(this.step + 1), { signal })
    slider.addEventListener("input", () => this.go(Number(slider.value)), { signal })
    root.append(footOfFiles(root, signal, () => this.taken()))
  }

  /** The chosen word's merges as cells. */
  taken() {
    const word = this.word()
    const rows = word.steps.map((pieces, at) => [at, at ? word.ranks[at - 1] : null, pieces.join(" ")])
    return { data: this.data, head: ["merge", "pair", "pieces"], rows }
  }

  /** @param {any} data */
  update(data) {
    const text = JSON.stringify(data)
    if (this.text === text) return
    this.text = text
    this.data = data
    this.parts.words.dir = data.direction
    this.parts.words.setAttribute("aria-label", data.label)
    const nodes = data.words.map((/** @type {Growth} */ word, /** @type {number} */ i) => {
      const node = button("word", visible(word.word))
      node.dataset.index = String(i)
      return node
    })
    this.parts.words.replaceChildren(...nodes)
    // The word with the most merges shows best what happens.
    const many = data.words.map((/** @type {Growth} */ word) => word.joined.length)
    this.open(Math.max(0, many.indexOf(Math.max(...many))))
  }

  /** @param {Event} event */
  choose(event) {
    const node = /** @type {Element} */ (event.target).closest(".word")
    if (node) this.open(Number(/** @type {HTMLElement} */ (node).dataset.index))
  }

  /** Show a word with all its merges done. @param {number} index */
  open(index) {
    this.chosen = index
    for (const node of this.parts.words.children) {
      const mine = Number(/** @type {HTMLElement} */ (node).dataset.index) === index
      node.setAttribute("aria-pressed", String(mine))
    }
    const word = this.word()
    this.parts.slider.max = String(word.joined.length)
    this.parts.slider.disabled = !word.joined.length
    writeNumbers(this.parts.table, word, this.data.width)
    this.go(word.joined.length)
  }

  /** @returns {Growth} */
  word() {
    return this.data.words[this.chosen]
  }

  /** Show the word after so many merges. @param {number} step */
  go(step) {
    const word = this.word()
    this.step = Math.min(Math.max(0, step), word.joined.length)
    this.parts.slider.value = String(this.step)
    this.parts.back.disabled = this.step === 0
    this.parts.on.disabled = this.step === word.joined.length
    this.parts.said.textContent = mergeSentence(word, this.step)
    const rows = word.steps.slice(0, this.step + 1).map((_, at) => stepRow(word, at))
    this.parts.rows.replaceChildren(...rows)
    this.parts.table.hidden = this.step !== word.joined.length
  }
}

/**
 * @param {Growth} word
 * @param {number} step
 */
function mergeSentence(word, step) {
  const all = word.joined.length
  const pieces = { word: word.word, count: word.pieces.length }
  if (!all) return pieces.count === 1 ? says("script-merges.no-pair-one", pieces) : says("script-merges.no-pair", pieces)
  const bytes = { word: word.word, count: word.steps[0].length }
  if (!step) return bytes.count === 1 ? says("script-merges.begins-one", bytes) : says("script-merges.begins", bytes)
  const [left, right] = joinedPair(word, step)
  const merge = says("script-merges.merge", { step, all, left, right })
  if (step < all) return merge
  const end = pieces.count === 1 ? says("script-merges.none-left-one", pieces) : says("script-merges.none-left", pieces)
  return `${merge} ${end}`
}

/**
 * The two pieces that a step joins.
 * @param {Growth} word
 * @param {number} step
 */
function joinedPair(word, step) {
  const before = word.steps[step - 1]
  const at = word.joined[step - 1]
  return [before[at], before[at + 1]]
}

/**
 * One row: the pieces after a step, and which pair was joined.
 * @param {Growth} word
 * @param {number} step
 */
function stepRow(word, step) {
  const row = element("li", "row")
  const chips = element("span", "chips")
  word.steps[step].forEach((piece, i) => {
    const fresh = step > 0 && i === word.joined[step - 1]
    const chip = element("bdi", fresh ? "chip fresh" : "chip", piece)
    chips.append(chip)
  })
  const rank = step && word.ranks[step - 1].toLocaleString("en")
  const told = rank ? says("script-merges.rank", { rank }) : says("script-merges.bytes")
  row.append(chips, element("span", "rank", told))
  return row
}

/**
 * Piece, number, first numbers of its vector.
 * @param {HTMLElement} place
 * @param {Growth} word
 * @param {number} width
 */
function writeNumbers(place, word, width) {
  const table = document.createElement("table")
  const head = document.createElement("tr")
  const beginning = says("script-merges.vector", { width: width.toLocaleString("en") })
  for (const name of [says("script-merges.piece"), says("script-merges.number"), ...(width ? [beginning] : [])])
    head.append(element("th", "", name))
  table.append(head)
  for (const piece of word.pieces) {
    const row = document.createElement("tr")
    const named = element("td")
    named.append(element("bdi", "chip", piece.shown))
    const vector = piece.vector.map((x) => number(x, 3)).join("  ")
    row.append(named, element("td", "figure", piece.number.toLocaleString("en")))
    row.append(element("td", "figure", vector ? `${vector}  …` : ""))
    table.append(row)
  }
  place.replaceChildren(table)
}

export default function ({ data, parentElement }) {
  instance(parentElement, (root, signal) => new Merges(root, signal)).update(data)
  return dispose(parentElement)
}
