// A word changed where it stands: a field with the word, what the model would rather have there, and delete.
// It opens by a double click, a long press or Enter; nothing goes to the server before a change is made.

/**
 * @typedef {{swaps: [string, number][][], by: string, undo: boolean}} Edits
 */

const LONG_PRESS_MS = 500
const SLIP = 10 // pixels a finger may move within a long press
const MOST = 400 // characters that may take a word's place

class Editor {
  /** @param {any} strip */
  constructor(strip) {
    this.strip = strip
    /** @type {Edits | null} */
    this.edits = null
    /** @type {HTMLElement | null} */
    this.box = null
    this.index = -1
    /** @type {number | null} the word to have the focus when the new text is there */
    this.next = null
    this.pressed = false
    this.listen(strip.frame.words, strip.signal)
  }

  /** @param {HTMLElement} words @param {AbortSignal} signal */
  listen(words, signal) {
    const on = (/** @type {string} */ type, /** @type {any} */ act) => words.addEventListener(type, act, { signal })
    on("dblclick", (/** @type {Event} */ event) => this.open(this.strip.indexOf(event)))
    let timer = 0
    let from = { x: 0, y: 0 }
    on("pointerdown", (/** @type {PointerEvent} */ event) => {
      this.pressed = false
      clearTimeout(timer)
      const index = event.pointerType === "touch" ? this.strip.indexOf(event) : null
      if (index === null) return
      from = { x: event.clientX, y: event.clientY }
      timer = window.setTimeout(() => (this.pressed = this.open(index)), LONG_PRESS_MS)
    })
    on("pointermove", (/** @type {PointerEvent} */ event) => {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLIP) clearTimeout(timer)
    })
    for (const type of ["pointerup", "pointercancel", "pointerleave"]) on(type, () => clearTimeout(timer))
    on("contextmenu", (/** @type {Event} */ event) => {
      if (this.pressed) event.preventDefault() // the browser's own answer to a long press
    })
    window.addEventListener("pointerdown", (event) => {
      if (this.box && !event.composedPath().includes(this.box)) this.close()
    }, { signal })
    signal.addEventListener("abort", () => clearTimeout(timer))
  }

  /** New data: what can be changed now; a change that was made is there. @param {Edits | null | undefined} edits */
  update(edits) {
    this.edits = edits || null
    const { strip } = this
    strip.frame.help.textContent = this.edits ? HELP_EDITS : HELP
    strip.root.classList.toggle("editable", Boolean(this.edits))
    strip.frame.words.classList.remove("pending")
    if (this.box && !this.box.isConnected) this.close()
    if (this.next !== null && strip.cells.length) {
      const at = Math.min(this.next, strip.data.words.length - 1)
      const lost = !strip.root.getRootNode().activeElement
      this.next = null
      if (lost) strip.cells[at].button.focus({ preventScroll: true })
    }
  }

  /** A click that belongs to the editor: inside it, the second of two, or the end of a long press. @param {any} event */
  takes(event) {
    if (this.pressed) {
      this.pressed = false
      return true
    }
    return this.edits !== null && event.detail > 1
  }

  /** Keys on a word; true: it was for the editor. @param {number} index @param {KeyboardEvent} event */
  onKey(index, event) {
    if (!this.edits) return false
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey) {
      event.preventDefault()
      if (this.edits.undo) this.tell({ undo: true }, says("script-editor.taken-back"))
      return true
    }
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.altKey || !this.open(index)) return false
    event.preventDefault()
    return true
  }

  /** Whether a word can be changed: one of the text, and no mark. @param {number} index */
  can(index) {
    const { words } = this.strip.data
    return Boolean(this.edits) && index < words.length && words[index].t !== ""
  }

  /** @param {number | null} index @returns {boolean} whether it opened */
  open(index) {
    if (index === null || !this.can(index)) return false
    this.close()
    const { strip } = this
    this.index = index
    this.box = this.build(index)
    strip.frame.words.append(this.box)
    this.place(strip.cells[index].button)
    const field = /** @type {HTMLInputElement} */ (this.box.querySelector("input"))
    field.focus({ preventScroll: true })
    field.select()
    return true
  }

  /** @param {number} index */
  build(index) {
    const { strip } = this
    const word = strip.data.words[index].t
    const name = strip.cells[index].name
    const box = element("div", "editor")
    box.setAttribute("role", "dialog")
    box.setAttribute("aria-label", says("script-editor.change", { word: name }))
    const row = element("div", "line")
    const field = /** @type {HTMLInputElement} */ (document.createElement("input"))
    field.className = "field"
    field.value = word
    field.maxLength = MOST
    field.dir = "auto"
    field.autocapitalize = "off"
    field.autocomplete = "off"
    field.spellcheck = false
    field.setAttribute("aria-label", says("script-editor.field", { word: name }))
    const put = button("tool put", says("script-editor.put-in"))
    put.addEventListener("click", () => this.commit(field.value))
    row.append(field, put)
    box.append(row, this.offered(index), this.rest(word))
    box.addEventListener("keydown", (event) => this.inBox(event, field))
    box.addEventListener("focusout", (event) => {
      const to = /** @type {Node | null} */ (event.relatedTarget)
      if (to && !box.contains(to)) this.close()
    })
    return box
  }

  /** What the model would rather have there. @param {number} index */
  offered(index) {
    const swaps = this.edits?.swaps[index] || []
    const list = element("ul", "swaps")
    const by = this.edits?.by || says("script-editor.the-model")
    list.setAttribute("aria-label", says("script-editor.likeliest", { by }))
    for (const [text, p] of swaps) {
      const item = element("li")
      const choice = button("swap")
      choice.append(element("bdi", "chip", text), element("span", "share", percent(p)))
      choice.setAttribute("aria-label", says("script-editor.put-it-in", { word: text, share: percent(p) }))
      choice.addEventListener("click", () => this.commit(text))
      item.append(choice)
      list.append(item)
    }
    const box = element("div", "offered")
    const hint = swaps.length ? says("script-editor.expected", { by }) : says("script-editor.nothing-else", { by })
    box.append(element("p", "hint", hint), list)
    return box
  }

  /** Delete, and what the keys do. @param {string} word */
  rest(word) {
    const row = element("div", "line")
    const away = /** @type {HTMLButtonElement} */ (button("tool", says("script-editor.delete")))
    away.setAttribute("aria-label", says("script-editor.delete-word", { word: visible(word) }))
    away.disabled = this.strip.data.words.filter((/** @type {Word} */ one) => one.t !== "").length < 2
    away.addEventListener("click", () => this.commit(""))
    row.append(away, element("span", "hint", says("script-editor.keys")))
    return row
  }

  /** Over the word, inside the strip. @param {HTMLElement} node */
  place(node) {
    const box = /** @type {HTMLElement} */ (this.box)
    const room = this.strip.frame.words.clientWidth - box.offsetWidth
    box.style.left = `${Math.max(0, Math.min(node.offsetLeft, room))}px`
    box.style.top = `${node.offsetTop}px`
  }

  /** @param {KeyboardEvent} event @param {HTMLInputElement} field */
  inBox(event, field) {
    if (event.isComposing) return
    const root = /** @type {ShadowRoot} */ (field.getRootNode())
    const at = [field, .../** @type {HTMLElement} */ (this.box).querySelectorAll(".swap")]
    const here = at.indexOf(/** @type {any} */ (root.activeElement))
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === "Escape") this.close(true)
    else if (event.key === "Enter" && here === 0) this.commit(field.value)
    else if (step && here >= 0) /** @type {HTMLElement} */ (at[Math.max(0, Math.min(at.length - 1, here + step))]).focus()
    else return event.stopPropagation()
    event.preventDefault()
    event.stopPropagation()
  }

  /** Close it; the focus goes back to the word. @param {boolean} [back] */
  close(back = false) {
    const { box, index } = this
    this.box = null
    box?.remove()
    if (back) this.strip.cells[index]?.button.focus({ preventScroll: true })
  }

  /** Put a text in the word's place; an empty one takes the word out. @param {string} text */
  commit(text) {
    const { index, strip } = this
    const word = strip.data.words[index].t
    const put = text.trim()
    this.close(true)
    if (put === word.trim()) return
    this.next = index
    const filled = { word: strip.cells[index].name, put }
    const told = put ? says("script-editor.is-now", filled) : says("script-editor.is-deleted", filled)
    this.tell({ word: index, text: put }, told)
  }

  /** Tell the server, and the reader. @param {object} edit @param {string} said */
  tell(edit, said) {
    const { strip } = this
    performance.mark("underhood:edit") // for tests: how long until what it changed is there
    strip.frame.words.classList.add("pending")
    strip.frame.live.textContent = said
    strip.trigger?.("edit", edit)
  }
}
