// Running text as buttons: one per word, in text order, with room for a number under each.

/**
 * @typedef {{t: string, s?: number, n?: number, d?: string, a?: string}} Word text, space before,
 *   newlines before; of what stands behind the text: a detail shown beside it, what it is
 *
 * @typedef {object} Cell A word on the page and what was last painted on it.
 * @property {HTMLButtonElement} button
 * @property {HTMLElement} chip the coloured part
 * @property {HTMLElement | null} score the number under it
 * @property {string} name the word in a sentence
 * @property {string} label
 * @property {number} level 0 to 255; -1 for no colour; NaN when it must be painted again
 * @property {boolean} dim
 */

/** @param {Word} word */
const wordName = (word) => (word.t === "" ? says("script-words.start") : visible(word.t))

/**
 * @param {Word} word
 * @param {number} index
 * @param {boolean} spaced
 * @returns {Cell}
 */
function makeCell(word, index, spaced) {
  const text = wordName(word)
  const name = text.trim() ? text : says("script-words.space")
  const node = button(spaced ? "word spaced" : "word")
  const chip = element("span", word.t === "" ? "chip start" : "chip", text)
  chip.dir = "auto"
  if (name !== text) node.setAttribute("aria-label", name)
  if (word.t === "") node.title = says("script-words.start-help")
  node.dataset.index = String(index)
  node.tabIndex = -1
  node.append(chip)
  return { button: node, chip, score: null, name, label: "", level: NaN, dim: false }
}

const CLOSES = /^\p{P}{1,3}$/u

/**
 * A comma or a full stop never begins a line: it goes into one box with the word before it.
 * @param {HTMLElement[]} nodes
 * @param {HTMLElement} mark
 */
function keepTogether(nodes, mark) {
  const before = nodes[nodes.length - 1]
  if (before.classList.contains("together")) {
    before.append(mark)
    return
  }
  const box = element("span", "together")
  box.append(before, mark)
  nodes[nodes.length - 1] = box
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/
const LETTER = /\p{L}/u

/**
 * Which way a word runs, by its first letter; "" where it has none. Digits run from left to right behind a word that
 * does, and among each other.
 * @param {HTMLElement} node
 * @param {boolean} behind a word of another direction than the text's
 */
function directionOf(node, behind) {
  const text = node.textContent || ""
  const letter = [...text].find((one) => LETTER.test(one))
  if (letter) return RIGHT_TO_LEFT.test(letter) ? "rtl" : "ltr"
  const joined = behind || node.classList.contains("glued") || !node.classList.contains("spaced")
  return joined && /\p{N}/u.test(text) ? "ltr" : ""
}

/**
 * An English phrase in an Arabic text, or the other way round, reads in its own direction: its words go into one box
 * that runs as they do. The words are boxes themselves, which the browser would set one by one in the text's order.
 * What has no direction (a number, a mark) belongs to the phrase only between two of its words.
 * @param {HTMLElement[]} nodes words, boxes of a word and its marks, and breaks
 * @param {string} base the direction of the text
 */
function turnPhrases(nodes, base) {
  const turned = /** @type {HTMLElement[]} */ ([])
  let [run, open] = [/** @type {HTMLElement[]} */ ([]), 0] // open: nodes of the run up to its last word
  const close = () => {
    const phrase = run.slice(0, open)
    turned.push(...(phrase.length > 1 ? boxed(phrase, base) : phrase), ...run.slice(open))
    ;[run, open] = [[], 0]
  }
  for (const node of nodes) {
    const way = node.matches(".break, .ghost, :has(> .start)") ? base : directionOf(node, run.length > 0)
    if (way === base || (!way && !run.length)) {
      close()
      turned.push(node)
      continue
    }
    run.push(node)
    if (way) open = run.length
  }
  close()
  return turned
}

/**
 * A phrase in its box. Marks behind its last word stay with the text, as they do in writing.
 * @param {HTMLElement[]} phrase
 * @param {string} base
 */
function boxed(phrase, base) {
  const box = element("span", "run")
  box.dir = base === "rtl" ? "ltr" : "rtl"
  const last = phrase[phrase.length - 1]
  if (!last.classList.contains("together")) {
    box.append(...phrase)
    return [box]
  }
  const [word, ...marks] = last.children
  box.append(...phrase.slice(0, -1), word)
  last.replaceChildren(box, ...marks)
  return [last]
}

/**
 * Put the words into the strip, once per text.
 * @param {HTMLElement} strip
 * @param {Word[]} words
 * @param {Word[]} after what stands behind the text and can be explained: the next word, or classes
 * @returns {Cell[]}
 */
function buildWords(strip, words, after) {
  const nodes = /** @type {HTMLElement[]} */ ([])
  let last = strip
  const cells = words.map((word, i) => {
    const lines = word.n || 0
    if (i && lines) nodes.push(element("span", lines > 1 ? "break paragraph" : "break"))
    const spaced = !i || Boolean(word.s) || lines > 0 || words[i - 1].t === ""
    const cell = makeCell(word, i, spaced)
    if (!spaced) last.classList.add("glued")
    if (!spaced && CLOSES.test(word.t)) keepTogether(nodes, cell.button)
    else nodes.push(cell.button)
    last = cell.button
    return cell
  })
  after.forEach((word, k) => {
    if (word.n) nodes.push(element("span", "break paragraph"))
    const cell = makeCell(word, words.length + k, word.s !== 0)
    cell.button.classList.add("ghost")
    cell.button.setAttribute("aria-label", `${cell.name}, ${word.a}`)
    if (word.d) cell.chip.append(element("span", "detail", word.d))
    nodes.push(cell.button)
    cells.push(cell)
  })
  strip.replaceChildren(...turnPhrases(nodes, strip.dir || "ltr"))
  return cells
}

/**
 * Which occurrence of its text each word is: 0 where a text occurs once, else 1, 2, …
 * @param {Cell[]} cells
 */
function occurrences(cells) {
  const total = new Map()
  for (const { name } of cells) total.set(name, (total.get(name) || 0) + 1)
  const seen = new Map()
  return cells.map(({ name }) => {
    seen.set(name, (seen.get(name) || 0) + 1)
    return total.get(name) > 1 ? seen.get(name) : 0
  })
}

/**
 * Paint one word. A style is written only where it changes: that is what keeps hovering fast.
 * @param {Cell} cell
 * @param {Ramp} ramp
 * @param {number} level
 * @param {boolean} dim
 * @param {string} label
 */
function paintCell(cell, ramp, level, dim, label) {
  if (cell.level !== level) {
    cell.level = level
    cell.chip.style.backgroundColor = level < 0 ? "" : ramp.background[level]
    cell.chip.style.color = level < 0 ? "" : ramp.text[level]
  }
  if (cell.dim !== dim) {
    cell.dim = dim
    cell.button.classList.toggle("dim", dim)
  }
  if (cell.label !== label) {
    cell.label = label
    if (!cell.score) {
      cell.score = element("span", "score")
      cell.score.setAttribute("aria-hidden", "true")
      cell.button.append(cell.score)
    }
    cell.score.textContent = label
  }
}

/**
 * Where the words are, to keep labels apart. Read once after a layout, never while painting.
 * @param {Cell[]} cells
 */
function measure(cells) {
  return cells.map(({ button: node }) => ({
    middle: node.offsetLeft + node.offsetWidth / 2,
    top: node.offsetTop,
  }))
}

/**
 * Labels that do not run into a larger one beside them.
 * @param {[number, string][]} labels word and text, the largest first
 * @param {{middle: number, top: number}[] | null} places
 * @param {number} em size of the label's type
 * @returns {Map<number, string>}
 */
function clearLabels(labels, places, em) {
  if (!places) return new Map(labels)
  const kept = /** @type {[number, string][]} */ ([])
  for (const [index, text] of labels) {
    const here = places[index]
    const clear = kept.every(([other, otherText]) => {
      const there = places[other]
      const room = ((text.length + otherText.length) * em * 0.52) / 2 + em * 0.3
      return here.top !== there.top || Math.abs(here.middle - there.middle) >= room
    })
    if (clear) kept.push([index, text])
  }
  return new Map(kept)
}
