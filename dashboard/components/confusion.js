// Who is taken for whom: a table whose cells can be pressed. Each row's colours are shares of that row.

/** @param {string} name @param {string} scope */
function heading(name, scope) {
  const node = element("th", "", name)
  node.setAttribute("scope", scope)
  node.dir = "auto"
  return node
}

/**
 * One cell: how many texts, and what they are for whoever cannot see the table.
 * @param {any} data
 * @param {number} row
 * @param {number} column
 */
function countCell(data, row, column) {
  const { classes, counts, pressed } = data
  const whole = counts[row].reduce((/** @type {number} */ sum, /** @type {number} */ n) => sum + n, 0)
  const node = button("count", String(counts[row][column]))
  const level = Math.round((100 * counts[row][column]) / Math.max(1, whole))
  node.classList.toggle("right", row === column)
  node.classList.toggle("strong", level > 56)
  node.style.setProperty("--level", String(level))
  node.dataset.cell = `${row} ${column}`
  node.setAttribute("aria-pressed", String(Boolean(pressed && pressed[0] === row && pressed[1] === column)))
  const filled = { count: counts[row][column], all: whole, label: classes[row], taken: classes[column] }
  node.setAttribute("aria-label", says("script-confusion.taken-for", filled))
  const cell = element("td")
  cell.append(node)
  return cell
}

/** @param {HTMLElement} root @param {any} data @param {HTMLElement} tools */
function drawTable(root, data, tools) {
  const table = element("table", "confusion")
  table.append(element("caption", "", says("script-confusion.caption")))
  const head = element("tr")
  head.append(element("td"), ...data.classes.map((/** @type {string} */ name) => heading(name, "col")))
  const rows = data.classes.map((/** @type {string} */ name, /** @type {number} */ row) => {
    const line = element("tr")
    line.append(heading(name, "row"), ...data.classes.map((/** @type {string} */ _, /** @type {number} */ column) => countCell(data, row, column)))
    return line
  })
  const top = element("thead")
  top.append(head)
  const body = element("tbody")
  body.append(...rows)
  table.append(top, body)
  const held = root.querySelector(".count:focus")
  const at = held && /** @type {HTMLElement} */ (held).dataset.cell
  root.replaceChildren(table, tools)
  if (at) /** @type {HTMLElement | null} */ (root.querySelector(`[data-cell="${at}"]`))?.focus()
}

class Confusion {
  /** @param {HTMLElement} root @param {AbortSignal} signal */
  constructor(root, signal) {
    this.root = root
    this.data = /** @type {any} */ (null)
    this.tell = (/** @type {number[]} */ _cell) => {}
    const press = (/** @type {Event} */ event) => {
      const node = /** @type {Element} */ (event.target).closest("[data-cell]")
      if (node) this.tell((/** @type {HTMLElement} */ (node).dataset.cell || "").split(" ").map(Number))
    }
    root.addEventListener("click", press, { signal })
    this.tools = footOfFiles(root, signal, () => this.taken())
  }

  /** Labelled, taken for, texts. */
  taken() {
    const { classes, counts } = this.data
    const rows = counts.flatMap((/** @type {number[]} */ row, /** @type {number} */ at) =>
      row.map((n, column) => [classes[at], classes[column], n]))
    return { data: this.data, head: ["labelled", "taken_for", "texts"], rows }
  }

  /** @param {any} data @param {(cell: number[]) => void} tell */
  update(data, tell) {
    this.tell = tell
    this.data = data
    drawTable(this.root, data, this.tools)
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const shown = instance(parentElement, (/** @type {HTMLElement} */ root, /** @type {AbortSignal} */ signal) => new Confusion(root, signal))
  shown.update(data, (/** @type {number[]} */ cell) => setTriggerValue("cell", cell))
  return dispose(parentElement)
}
