// Where could it go from here? A tree of continuations; lines as thick as tokens are likely.
// Pointing shows a way, a click keeps it, a second way is compared with the kept one.

const ROW = FINGER ? 48 : 30
const NODE = FINGER ? 44 : 26
const GAP = 44
const THICK = 14
const FEW = 14

/** The fixed parts. @param {HTMLElement} root */
function buildTree(root) {
  const said = element("p", "said")
  said.setAttribute("aria-live", "polite")
  const field = element("div", "field")
  const sheet = element("div", "sheet")
  field.append(sheet)
  field.tabIndex = 0
  field.setAttribute("role", "group")
  const acts = element("div", "acts")
  const on = button("act", says("script-tree.go-on"))
  const all = button("act")
  acts.append(on, all)
  const foot = element("div", "foot")
  const tools = element("div", "tools")
  addTools(tools)
  foot.append(acts, tools)
  root.append(said, field, foot)
  return { said, field, sheet, on, all, tools }
}

class Tree {
  /**
   * @param {HTMLElement} root
   * @param {AbortSignal} signal
   */
  constructor(root, signal) {
    this.root = root
    this.parts = buildTree(root)
    this.data = /** @type {any} */ (null)
    this.kept = /** @type {number | null} */ (null)
    this.at = /** @type {number | null} */ (null)
    this.whole = false
    const { sheet, on, all, tools } = this.parts
    const hear = (/** @type {EventTarget} */ node, /** @type {string} */ type, /** @type {any} */ act) =>
      node.addEventListener(type, act, { signal })
    const place = (/** @type {any} */ event) => event.target.closest?.(".node")?.dataset.node
    hear(sheet, "pointerover", (/** @type {any} */ event) => this.look(place(event)))
    hear(sheet, "pointerleave", () => this.look(undefined))
    hear(sheet, "focusin", (/** @type {any} */ event) => this.look(place(event)))
    hear(sheet, "click", (/** @type {any} */ event) => this.keep(place(event)))
    hear(on, "click", () => this.kept !== null && this.tell?.("go", this.kept))
    hear(all, "click", () => {
      this.whole = !this.whole
      this.draw()
    })
    hear(tools, "click", (/** @type {Event} */ event) => {
      const { format } = /** @type {HTMLElement} */ (event.target).dataset
      if (format) void this.save(format)
    })
    Object.assign(root, { __underhood: this }) // for tests
  }

  /**
   * @param {any} data nodes: {up, t, said, p, way} parents first; up -1: the text
   * @param {any} theme
   * @param {(name: string, value: unknown) => void} tell
   * @param {(name: string, value: unknown) => void} setState
   */
  update(data, theme, tell, setState) {
    const text = JSON.stringify(data.nodes)
    const themed = JSON.stringify([theme, this.root.clientWidth])
    const fresh = this.text !== text
    const same = !fresh && this.themed === themed
    Object.assign(this, { data, theme, themed, tell, setState })
    if (same) return // an answer to what was told; drawing anew would take the focus away
    if (fresh) {
      this.text = text
      this.kept = data.kept ?? null // of a link, or of a saved page
      this.at = null
      this.whole = false
      const inner = new Set(data.nodes.map((/** @type {any} */ node) => node.up))
      this.leaves = data.nodes.map((/** @type {any} */ _, /** @type {number} */ i) => i)
      this.leaves = this.leaves.filter((/** @type {number} */ i) => !inner.has(i))
    }
    this.draw()
  }

  /** The nodes from the text to this one. @param {number} node */
  way(node) {
    const found = []
    for (let at = node; at >= 0; at = this.data.nodes[at].up) found.unshift(at)
    return found
  }

  /** Which leaves are drawn: all, or the likeliest few, in their own order. */
  drawn() {
    const { nodes } = this.data
    if (this.whole || this.leaves.length <= FEW) return this.leaves
    const best = [...this.leaves].sort((a, b) => nodes[b].way - nodes[a].way).slice(0, FEW)
    return this.leaves.filter((/** @type {number} */ leaf) => best.includes(leaf))
  }

  draw() {
    const { nodes } = this.data
    const { sheet, all } = this.parts
    const leaves = this.drawn()
    const rows = new Map(leaves.map((/** @type {number} */ leaf, /** @type {number} */ row) => [leaf, row]))
    for (let node = nodes.length - 1; node >= 0; node--) {
      const under = leaves.filter((/** @type {number} */ leaf) => this.way(leaf).includes(node))
      if (under.length && !rows.has(node)) {
        const places = under.map((/** @type {number} */ leaf) => rows.get(leaf))
        rows.set(node, (Math.min(...places) + Math.max(...places)) / 2)
      }
    }
    const depths = nodes.map((/** @type {any} */ _, /** @type {number} */ i) => this.way(i).length)
    const deepest = Math.max(...depths)
    const narrow = this.root.clientWidth < 600
    const column = Math.max(narrow ? 96 : 110, Math.min(190, (this.root.clientWidth - 110) / deepest - GAP))
    const step = column + GAP
    this.boxes = new Map()
    const children = []
    const middle = (/** @type {number} */ node) => rows.get(node) * ROW + ROW / 2
    const tops = [...rows.keys()].filter((node) => nodes[node].up < 0).map(middle)
    const root = (Math.min(...tops) + Math.max(...tops)) / 2
    const ramp = this.theme.sequential
    const line = (/** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ w, /** @type {number} */ h, /** @type {string} */ colour) => {
      const node = element("span", "line")
      Object.assign(node.style, {
        left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px`, backgroundColor: colour,
      })
      children.push(node)
    }
    for (const [node] of [...rows].sort((a, b) => a[0] - b[0])) {
      const { up, t, p, way } = nodes[node]
      const left = (depths[node] - 1) * step + GAP
      const y = middle(node)
      const from = up < 0 ? root : middle(up)
      const thick = Math.max(1.5, THICK * p)
      const colour = ramp.background[Math.round(70 + 150 * p)]
      const trunk = left - GAP / 2
      if (y !== from) line(trunk - 0.75, Math.min(y, from), 1.5, Math.abs(y - from), ramp.background[90])
      line(trunk, y - thick / 2, GAP / 2, thick, colour)
      if (rows.size > 1) line(left - GAP, from - 0.75, GAP / 2, 1.5, ramp.background[90])
      const box = button("node")
      box.dataset.node = String(node)
      box.append(element("bdi", "", t), element("small", "", percent(p)))
      box.setAttribute("aria-label", says("script-tree.node", { token: t, share: percent(p), way: percent(way) }))
      Object.assign(box.style, { left: `${left}px`, top: `${y - NODE / 2}px`, width: `${column}px`, height: `${NODE}px` })
      children.push(box)
      this.boxes.set(node, box)
      if (leaves.includes(node)) {
        const whole = element("span", "whole", percent(way))
        Object.assign(whole.style, { left: `${left + column + 8}px`, top: `${y - 10}px` })
        children.push(whole)
      }
    }
    sheet.replaceChildren(...children)
    sheet.style.height = `${leaves.length * ROW}px`
    sheet.style.width = `${deepest * step + 70}px`
    this.parts.field.setAttribute("aria-label", this.data.label)
    all.hidden = this.leaves.length <= FEW
    this.parts.on.hidden = Boolean(/** @type {any} */ (globalThis).underhoodView?.schema) // a saved page has no text box
    const count = this.whole ? FEW : this.leaves.length
    all.textContent = this.whole ? says("script-tree.fewer", { count }) : says("script-tree.all", { count })
    this.mark()
  }

  /** Point at a node. @param {string | undefined} node */
  look(node) {
    this.at = node === undefined ? null : Number(node)
    this.mark()
  }

  /** Keep a way, or let go of it. @param {string | undefined} node */
  keep(node) {
    if (node === undefined) return
    this.kept = this.kept === Number(node) ? null : Number(node)
    this.mark()
    const at = this.kept === null ? "" : this.turns(this.kept)
    this.setState?.("held", { of: this.data.of, at })
  }

  /** Which child each node of a way is, the likeliest 0. @param {number} node */
  turns(node) {
    const { nodes } = this.data
    const before = (/** @type {number} */ k) =>
      nodes.slice(0, k).filter((/** @type {any} */ other) => other.up === nodes[k].up).length
    return this.way(node).map(before).join("-")
  }

  mark() {
    const shown = this.at ?? this.kept
    const way = new Set(shown === null ? [] : this.way(shown))
    const kept = new Set(this.kept === null ? [] : this.way(this.kept))
    for (const [node, box] of this.boxes) {
      box.classList.toggle("way", way.has(node))
      box.classList.toggle("kept", kept.has(node) && !way.has(node))
      box.setAttribute("aria-pressed", String(node === this.kept))
    }
    this.parts.said.replaceChildren(...this.sentence(shown))
    this.parts.on.disabled = this.kept === null
  }

  /** What a way amounts to. @param {number | null} node */
  sentence(node) {
    if (node === null) return [says("script-tree.point")]
    const { nodes } = this.data
    const quote = (/** @type {number} */ at) =>
      saysParts("script-frame.quoted", { text: element("bdi", "quote", nodes[at].said) })
    const way = this.way(node)
    const steps = way.map((k) => percent(nodes[k].p)).join(" × ")
    const product = way.length > 1 ? `${steps} = ` : ""
    const share = `${product}${percent(nodes[node].way)}`
    const bits = (-Math.log2(nodes[node].way)).toFixed(1)
    const found = saysParts("script-tree.way", { continuation: quote(node), share, bits })
    if (this.kept === null || this.kept === node) return found
    const ratio = nodes[node].way / nodes[this.kept].way
    const kept = { times: (ratio >= 1 ? ratio : 1 / ratio).toFixed(1), continuation: quote(this.kept) }
    const compared = ratio >= 1 ? saysParts("script-tree.likelier", kept) : saysParts("script-tree.less-likely", kept)
    return [...found, " ", ...compared]
  }

  /** @param {string} format */
  async save(format) {
    const { nodes, caption, name } = this.data
    const table = nodes.map((/** @type {any} */ { up, t, said, p, way }, /** @type {number} */ i) => ({
      node: i, parent: up, token: t, probability: exact(p), path_probability: exact(way),
      continuation: said,
    }))
    if (format === "JSON") return download(name, "json", toJson({ caption, nodes: table }), "application/json")
    if (format === "CSV") {
      const rows = table.map((/** @type {any} */ row) => Object.values(row))
      return download(name, "csv", toCsv([Object.keys(table[0]), ...rows]), "text/csv")
    }
    if (format === "HTML") return savePage(this.root, name, { ...this.data, kept: this.kept })
    const scene = makeScene(this.root, {
      skip: (/** @type {Element} */ node) => node.matches(".foot, .said"),
      ramp: null,
      caption,
      background: this.theme.background,
      muted: getComputedStyle(this.parts.tools).color,
    })
    return savePicture(format, name, scene)
  }
}

export default function ({ data, parentElement, setTriggerValue, setStateValue }) {
  instance(parentElement, (root, signal) => new Tree(root, signal)).update(
    data,
    readTheme(parentElement),
    setTriggerValue,
    setStateValue,
  )
  return dispose(parentElement)
}
