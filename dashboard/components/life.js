// A component's life in the page: elements, one instance per mount, the bus of linked views.
// Streamlit runs a component from one script, so load() puts this file in front of it.

const FINGER = matchMedia("(pointer: coarse)").matches // what can be pressed is then 44 pixels high

/**
 * Make an element. Text only ever becomes textContent: a word must not be able to become markup.
 * @param {string} tag
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElement}
 */
function element(tag, className, text) {
  const node = document.createElement(tag)
  if (className) node.className = className
  if (text !== undefined) node.textContent = text
  return node
}

/**
 * Make a button that does not submit anything.
 * @param {string} className
 * @param {string} [text]
 * @returns {HTMLButtonElement}
 */
function button(className, text) {
  const node = /** @type {HTMLButtonElement} */ (element("button", className, text))
  node.type = "button"
  return node
}

/** @type {WeakMap<object, {made: any, abort: AbortController}>} */
const instances = new WeakMap()

/**
 * What belongs to a mount. Streamlit calls the script again on every change of the data or the
 * theme, with the same parent: what is built and listened to is made once.
 * @template T
 * @param {HTMLElement | ShadowRoot} parent
 * @param {(root: HTMLElement, signal: AbortSignal) => T} create
 * @returns {T}
 */
function instance(parent, create) {
  let known = instances.get(parent)
  if (!known) {
    const abort = new AbortController()
    const root = /** @type {HTMLElement} */ (parent.querySelector(".root"))
    known = { made: create(root, abort.signal), abort }
    instances.set(parent, known)
  }
  return known.made
}

/**
 * The clean-up Streamlit runs on unmount: every listener goes with the one signal.
 * @param {HTMLElement | ShadowRoot} parent
 */
function dispose(parent) {
  return () => {
    instances.get(parent)?.abort.abort()
    instances.delete(parent)
  }
}

/**
 * Tell the other views of a group what is pointed at here. Nothing goes to the server.
 * @param {string | null} group
 * @param {{kind: string, index: number | null, from: HTMLElement}} detail
 */
function emit(group, detail) {
  if (group) window.dispatchEvent(new CustomEvent(`underhood:${group}`, { detail }))
}

/**
 * Hear what the other views of a group point at.
 * @param {string | null} group
 * @param {HTMLElement} root events from here are left out
 * @param {(detail: {kind: string, index: number | null}) => void} heard
 * @param {AbortSignal} signal
 */
function listen(group, root, heard, signal) {
  if (!group) return
  const handler = (/** @type {any} */ event) => {
    if (event.detail?.from !== root) heard(event.detail)
  }
  window.addEventListener(`underhood:${group}`, handler, { signal })
}
