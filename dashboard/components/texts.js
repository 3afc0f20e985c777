// What the scripts say, by the names that dashboard/interface.py has; `TEXTS` is put in front of every script.

/**
 * The text of this name, "section.entry", with what goes into its {places}.
 * @param {string} name @param {Record<string, string | number>} [filled] @returns {string}
 */
function says(name, filled = {}) {
  return TEXTS[name].replace(/\{(\w+)\}/g, (_, place) => String(filled[place]))
}

/**
 * The same in pieces: what goes into a place may also be an element or a part of a sentence, or a list of them.
 * Strings that meet become one.
 * @param {string} name @param {Record<string, any>} filled @returns {any[]}
 */
function saysParts(name, filled) {
  const pieces = TEXTS[name].split(/\{(\w+)\}/).flatMap((piece, i) => (i % 2 ? filled[piece] : piece))
  const parts = /** @type {any[]} */ ([])
  for (const piece of pieces) {
    const last = parts.length - 1
    if (typeof piece === "object") parts.push(piece)
    else if (typeof parts[last] === "string") parts[last] += piece
    else if (piece !== "") parts.push(String(piece))
  }
  return parts
}
