// The keys of a presenter: on and back through the steps, wherever nothing else on the page wants them.

const TURNS = { ArrowRight: "next", PageDown: "next", ArrowLeft: "back", PageUp: "back" }
// What has arrow keys of its own.
const OWN_KEYS =
  "input, textarea, select, [contenteditable], [role=slider], [role=tab], [role=radio], [role=listbox]," +
  " [role=group] button, [role=grid], canvas"

class Clicker {
  /**
   * @param {HTMLElement} root
   * @param {AbortSignal} signal
   */
  constructor(root, signal) {
    this.on = false
    root.append(element("span", "unseen"))
    document.addEventListener("keydown", (event) => this.turn(event), { signal })
  }

  /** @param {{on: boolean}} data */
  update({ on }) {
    this.on = on
  }

  /** @param {KeyboardEvent} event */
  turn(event) {
    const way = TURNS[event.key]
    if (!this.on || !way || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const from = event.composedPath()[0]
    if (from instanceof Element && from.closest(OWN_KEYS)) return
    const step = /** @type {HTMLButtonElement | null} */ (document.querySelector(`.st-key-guide-${way} button`))
    if (!step || step.disabled) return
    event.preventDefault()
    step.click()
  }
}

export default function ({ data, parentElement }) {
  instance(parentElement, (root, signal) => new Clicker(root, signal)).update(data)
  return dispose(parentElement)
}
