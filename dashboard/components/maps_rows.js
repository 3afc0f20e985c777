// What a row of maps shows of each word, and which words fit into a line.

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
