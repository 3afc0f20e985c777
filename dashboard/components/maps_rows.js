// What a row of maps shows of each word, which words fit into a line, and the files.

const LONGEST_WORD = 24

/** How wide a letter of the words is, in pixels. @param {HTMLElement} place */
function letterWidth(place) {
  const probe = element("span", "probe", "0".repeat(20))
  place.append(probe)
  const width = probe.getBoundingClientRect().width / 20
  probe.remove()
  return width || 9
}

/**
 * What a row shows of a word: the word, or what stands in its place in this row.
 * @param {Word} word
 * @param {any} row
 * @param {number} index
 */
function written(word, row, index) {
  return shorten(row.words ? row.words[index] : visible(word.t), LONGEST_WORD)
}

/**
 * The words in lines of at most `room` letters, in the row that needs most of them.
 * @param {Word[]} words
 * @param {any[]} rows
 * @param {number} room
 */
function fitted(words, rows, room) {
  const lines = /** @type {number[][]} */ ([[]])
  let used = 0
  words.forEach((word, i) => {
    if (word.t === "") return
    const wide = Math.max(...rows.map((/** @type {any} */ row) => wideness(written(word, row, i))))
    if (lines[lines.length - 1].length && (used + wide > room || word.n)) {
      lines.push([])
      used = 0
    }
    lines[lines.length - 1].push(i)
    used += wide
  })
  return lines
}

/** How many letters wide a word is; those of Chinese count twice. @param {string} word */
function wideness(word) {
  return [...word].reduce((sum, letter) => sum + ((letter.codePointAt(0) || 0) > 0x2e80 ? 2 : 1), 1.1)
}

/** The word an event is about. @param {Event} event */
const wordOf = (event) => numberOf(event, "word")

/** The word or the pair an event is about. @param {Event} event @param {"word" | "pair"} kind */
function numberOf(event, kind) {
  const node = /** @type {Element} */ (event.target).closest(`[data-${kind}]`)
  return node ? Number(node.getAttribute(`data-${kind}`)) : null
}

/**
 * The files: numbers, or the picture as it stands.
 * @param {any} shown
 * @param {string} format
 */
async function saveMaps(shown, format) {
  const { name, caption, rows, words } = shown.data
  if (format === "JSON") return download(name, "json", toJson(shown.data), "application/json")
  if (format === "HTML") return savePage(shown.root, name, { ...shown.data, held: shown.held() })
  if (format === "CSV") {
    const head = ["method", ...words.map((/** @type {Word} */ word) => word.t)]
    const body = rows.map((/** @type {any} */ row) => [row.title, ...row.raw])
    return download(name, "csv", toCsv([head, ...body]), "text/csv")
  }
  const scene = makeScene(shown.root, {
    skip: (node) => node.matches(".tools, .unseen"),
    ramp: shown.ramp, caption, background: shown.theme.background,
    muted: getComputedStyle(shown.parts.legend).color,
  })
  return savePicture(format, name, scene)
}
