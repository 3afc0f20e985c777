// The trail of edits: a line before the first one; then what the last one changed, every text, and undo.

/** The fixed parts. @param {HTMLElement} root */
function buildTrail(root) {
  const hint = element("p", "hint", says("script-trail.hint"))
  const table = element("table", "changes")
  const nav = element("nav", "steps")
  nav.setAttribute("aria-label", says("script-trail.steps"))
  const list = element("ol")
  const undo = button("tool undo", says("script-trail.undo"))
  undo.title = says("script-trail.undo-help")
  nav.append(list, undo)
  const live = element("div", "unseen")
  live.setAttribute("aria-live", "polite")
  root.append(table, nav, hint, live)
  return { hint, table, nav, list, undo, live }
}

/** One row of what changed. @param {string[]} row */
function changeRow([what, before, after, by]) {
  const line = element("tr")
  const head = element("th", "", what)
  head.setAttribute("scope", "row")
  const was = element("td", "was", before)
  const now = element("td", "now", after)
  line.append(head, was, element("td", "arrow", "→"), now, element("td", "by", by))
  return line
}

/** A text as its difference from the one before. @param {string[]} step @param {number} number */
function stepParts([lead, was, now, tail], number) {
  const parts = [element("span", "number", String(number))]
  if (lead) parts.push(element("bdi", "", lead))
  if (was) parts.push(element("del", "", was))
  if (now) parts.push(element("ins", "", now))
  if (tail) parts.push(element("bdi", "", tail))
  return parts
}

/** The same for a screen reader. @param {string[]} step @param {number} number */
function stepName([lead, was, now, tail], number) {
  if (!was && !now) return says("script-trail.text", { number, what: lead })
  const what = changed(was, now)
  const around = [lead, now, tail].filter(Boolean).join(" ")
  if (!tail && !lead) return says("script-trail.text", { number, what })
  return says("script-trail.text-in", { number, what, around })
}

/** What became of a word. @param {string} was @param {string} now */
function changed(was, now) {
  if (was && now) return says("script-trail.became", { was, now })
  return was ? says("script-trail.was-deleted", { was }) : says("script-trail.was-put-in", { now })
}

class Trail {
  /** @param {HTMLElement} root @param {AbortSignal} signal */
  constructor(root, signal) {
    this.root = root
    this.parts = buildTrail(root)
    /** @type {any} */
    this.data = null
    const { list, undo } = this.parts
    const hear = (/** @type {HTMLElement} */ node, /** @type {any} */ act) =>
      node.addEventListener("click", act, { signal })
    hear(list, (/** @type {Event} */ event) => {
      const step = /** @type {Element} */ (event.target).closest("button")
      if (step) this.tell?.("edit", { to: Number(step.dataset.step) })
    })
    hear(undo, () => this.tell?.("edit", { undo: true }))
    Object.assign(root, { __underhood: this })
  }

  /** @param {any} data @param {(name: string, value: unknown) => void} tell */
  update(data, tell) {
    this.tell = tell
    if (JSON.stringify(this.data) === JSON.stringify(data)) return
    this.data = data
    const { hint, table, nav, list, undo, live } = this.parts
    const any = data.steps.length > 1
    hint.hidden = any
    nav.hidden = !any
    table.hidden = !data.rows.length
    undo.toggleAttribute("disabled", data.at === 0)
    const caption = element("caption", "", says("script-trail.caption"))
    table.replaceChildren(caption, ...data.rows.map(changeRow))
    list.replaceChildren(...data.steps.map((/** @type {string[]} */ step, /** @type {number} */ i) => this.step(step, i)))
    live.textContent = data.rows
      .map((/** @type {string[]} */ [what, before, after, by]) => says("script-trail.row", { what, before, after, by }))
      .join("; ")
    performance.mark("underhood:changes")
  }

  /** @param {string[]} step @param {number} i */
  step(step, i) {
    const item = element("li")
    const node = button("step")
    node.append(...stepParts(step, i + 1))
    node.dataset.step = String(i)
    node.setAttribute("aria-label", stepName(step, i + 1))
    if (i === this.data.at) node.setAttribute("aria-current", "step")
    item.append(node)
    return item
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  instance(parentElement, (root, signal) => new Trail(root, signal)).update(data, setTriggerValue)
  return dispose(parentElement)
}
