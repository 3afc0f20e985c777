// Around the words of a strip: the readout above, the legend and the downloads below.

/** @typedef {{name: string, nth?: number} | {quote: string} | string} Part Part of a sentence. */

const NAME_LENGTH = 21 // “(part of a character)”
const HELP = says("script-frame.help")
const HELP_EDITS = says("script-frame.help-edits")

/** The fixed parts of a strip. @param {HTMLElement} root */
function buildFrame(root) {
  const readout = element("p", "readout")
  const words = element("div", "words")
  const legend = element("div", "legend")
  const tools = element("div", "tools")
  const live = element("div", "unseen")
  const help = element("div", "unseen", HELP)
  help.id = "help"
  live.setAttribute("aria-live", "polite")
  words.setAttribute("role", "group")
  words.setAttribute("aria-describedby", help.id)
  addTools(tools)
  const foot = element("div", "foot")
  foot.append(legend, tools)
  root.append(readout, words, foot, live, help)
  return { readout, words, legend, tools, live, help }
}

/**
 * Write a sentence into the readout.
 * @param {HTMLElement} node
 * @param {Part[]} parts
 */
function writeSentence(node, parts) {
  const children = parts.flatMap((part) => {
    if (typeof part === "string") return [part]
    if ("quote" in part)
      return saysParts("script-frame.quoted", { text: element("bdi", "quote", shorten(part.quote, NAME_LENGTH)) })
    const name = element("bdi", "name", shorten(part.name, NAME_LENGTH))
    if (part.nth) name.append(element("small", "nth", String(part.nth)))
    return [name]
  })
  node.replaceChildren(...children)
}

/** The same sentence for a screen reader. @param {Part[]} parts */
function sayWords(parts) {
  const say = (/** @type {Part} */ part) => {
    if (typeof part === "string") return part
    if ("quote" in part) return says("script-frame.quoted", { text: part.quote })
    const { name, nth } = part
    return nth ? says("script-frame.numbered", { text: name, nth }) : says("script-frame.quoted", { text: name })
  }
  return parts.map(say).join("")
}

/**
 * Parts with a separator between them.
 * @param {Part[][]} groups
 * @param {string} [separator]
 * @returns {Part[]}
 */
function joinParts(groups, separator = says("script-frame.comma")) {
  return groups.flatMap((group, i) => (i ? [separator, ...group] : group))
}
