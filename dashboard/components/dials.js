// How adventurous should it write? Temperature, top-k and top-p over the shipped logits; draws by a seed.
// The order of the dials is interpret/writing.py's: temperature, then top-k, then top-p, then scaled to 1.

const SHOWN = 15
const DRAWS = 20
const COLDEST = 0.1
const HOTTEST = 3

/**
 * What the dials leave of falling logits; 0 for what is cut.
 * @param {number[]} logits falling
 * @param {{temperature: number, k: number, p: number}} dials k 0: all
 */
function dialled(logits, { temperature, k, p }) {
  const kept = k ? Math.min(k, logits.length) : logits.length
  const shares = new Float64Array(logits.length)
  let sum = 0
  for (let i = 0; i < kept; i++) sum += shares[i] = Math.exp((logits[i] - logits[0]) / temperature)
  let before = 0
  let left = 0
  let count = 0
  for (let i = 0; i < kept; i++) {
    const share = shares[i] / sum
    if (i > 0 && before >= p) shares[i] = 0
    else {
      left += shares[i]
      count = i + 1
    }
    before += share
  }
  for (let i = 0; i < count; i++) shares[i] /= left
  return { shares, count }
}

/** Whole numbers from a seed, as fractions of 1 (mulberry32). @param {number} seed */
function lots(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * How often each place is drawn.
 * @param {Float64Array} shares
 * @param {number} count how many of them are left
 * @param {number} seed
 */
function drawn(shares, count, seed) {
  const next = lots(seed)
  const times = new Map()
  for (let n = 0; n < DRAWS; n++) {
    let left = next()
    let place = 0
    while (place < count - 1 && (left -= shares[place]) >= 0) place++
    times.set(place, (times.get(place) || 0) + 1)
  }
  return times
}

/** A slider with its name and its value. @param {string} name @param {string} help */
function dial(name, help) {
  const node = element("label", "dial")
  const title = element("span", "title", name)
  const value = element("output", "value")
  const slider = /** @type {HTMLInputElement} */ (document.createElement("input"))
  slider.type = "range"
  slider.setAttribute("aria-label", `${name}: ${help}`)
  node.title = help
  node.append(title, slider, value)
  return { node, slider, value }
}

/** The fixed parts. @param {HTMLElement} root */
function buildDials(root) {
  const dials = element("div", "dials")
  const heat = dial(says("script-dials.temperature"), says("script-dials.temperature-help"))
  const most = dial(says("script-dials.top-k"), says("script-dials.top-k-help"))
  const mass = dial(says("script-dials.top-p"), says("script-dials.top-p-help"))
  const seed = /** @type {HTMLInputElement} */ (document.createElement("input"))
  seed.type = "number"
  seed.min = "0"
  seed.max = "999999"
  seed.setAttribute("aria-label", says("script-dials.seed-of-the-draws"))
  const seeds = element("label", "dial seed")
  const again = button("tool step", says("script-dials.draw-anew"))
  const plain = button("tool step", says("script-dials.reset"))
  seeds.append(element("span", "title", says("script-dials.seed")), seed)
  const buttons = element("div", "buttons")
  buttons.append(again, plain)
  dials.append(heat.node, most.node, mass.node, seeds, buttons)
  const said = element("p", "said")
  said.setAttribute("aria-live", "polite")
  const head = element("div", "row head")
  head.append(element("span"), element("span", "", says("script-dials.after-the-dials")))
  head.append(element("span", "share", ""), element("span", "draws", says("script-dials.of-draws", { draws: DRAWS })))
  const bars = element("ol", "bars")
  const foot = element("div", "foot")
  const tools = element("div", "tools")
  addTools(tools)
  foot.append(tools)
  root.append(dials, said, head, bars, foot)
  return { heat, most, mass, seed, again, plain, said, bars, tools }
}

/** What the draws gave. @param {number} kinds different tokens @param {number} others draws of tokens not listed */
function drawSentence(kinds, others) {
  const filled = { draws: DRAWS, kinds, others }
  if (kinds === 1) return others ? says("script-dials.gave-one-others", filled) : says("script-dials.gave-one", filled)
  return others ? says("script-dials.gave-others", filled) : says("script-dials.gave", filled)
}

/** One candidate: its name, two bars, its share, its draws. @param {string} name */
function dialRow(name) {
  const node = element("li", "row")
  const track = element("span", "track")
  const bar = element("span", "level")
  const ghost = element("span", "ghost")
  const share = element("span", "share")
  const draws = element("span", "draws")
  draws.setAttribute("role", "img")
  track.append(ghost, bar)
  node.append(element("bdi", "chip", name), track, share, draws)
  return { node, bar, ghost, share, draws }
}

class Dials {
  /**
   * @param {HTMLElement} root
   * @param {AbortSignal} signal
   */
  constructor(root, signal) {
    this.root = root
    this.parts = buildDials(root)
    this.data = /** @type {any} */ (null)
    this.at = { temperature: 1, k: 0, p: 1, seed: 0 }
    const { heat, most, mass, seed, again, plain, tools } = this.parts
    const hear = (/** @type {EventTarget} */ node, /** @type {string} */ type, /** @type {any} */ act) =>
      node.addEventListener(type, act, { signal })
    Object.assign(heat.slider, { min: "0", max: "100", step: "1" })
    Object.assign(most.slider, { min: "0", max: "100", step: "1" })
    Object.assign(mass.slider, { min: "5", max: "100", step: "1" })
    for (const one of [heat, most, mass]) {
      hear(one.slider, "input", () => this.turn())
      hear(one.slider, "change", () => this.keep())
    }
    hear(seed, "change", () => this.draw(Number(seed.value)))
    hear(again, "click", () => this.draw(this.at.seed + 1))
    hear(plain, "click", () => {
      this.at = { temperature: 1, k: 0, p: 1, seed: 0 }
      this.keep()
      this.show()
    })
    hear(tools, "click", (/** @type {Event} */ event) => {
      const { format } = /** @type {HTMLElement} */ (event.target).dataset
      if (format) void this.save(format)
    })
    Object.assign(root, { __underhood: this }) // for tests
  }

  /**
   * @param {any} data
   * @param {any} theme
   * @param {(name: string, value: unknown) => void} setState
   */
  update(data, theme, setState) {
    const text = JSON.stringify([data.logits, data.candidates])
    this.theme = theme
    this.setState = setState
    if (this.text !== text) {
      this.text = text
      this.data = data
      this.at = { ...data.at }
      const plain = dialled(data.logits, { temperature: 1, k: 0, p: 1 })
      this.before = plain.shares
      this.rows = data.candidates.slice(0, SHOWN).map((/** @type {string} */ name) => dialRow(name))
      this.parts.bars.replaceChildren(...this.rows.map((/** @type {any} */ row) => row.node))
    }
    this.show()
  }

  /** Read the sliders. */
  turn() {
    const { heat, most, mass } = this.parts
    const size = this.data.logits.length
    const k = Math.round(size ** (Number(most.slider.value) / 100))
    const temperature = COLDEST * (HOTTEST / COLDEST) ** (Number(heat.slider.value) / 100)
    this.at = {
      ...this.at,
      temperature: Number(temperature.toFixed(2)),
      k: k >= size ? 0 : Math.max(1, k),
      p: Number(mass.slider.value) / 100,
    }
    this.show()
  }

  /** @param {number} seed */
  draw(seed) {
    this.at.seed = Math.min(999999, Math.max(0, Math.round(seed) || 0))
    this.show()
    this.keep()
  }

  /** Tell Python, which keeps it in the address. */
  keep() {
    const { temperature, k, p, seed } = this.at
    this.setState?.("dials", [temperature, k, p, seed])
  }

  show() {
    const { heat, most, mass, seed, said } = this.parts
    const { temperature, k, p } = this.at
    const { logits, candidates } = this.data
    const size = logits.length
    const near = (/** @type {number} */ v) => String(Math.round(v))
    heat.slider.value = near((100 * Math.log(temperature / COLDEST)) / Math.log(HOTTEST / COLDEST))
    most.slider.value = near(k ? (100 * Math.log(k)) / Math.log(size) : 100)
    mass.slider.value = near(100 * p)
    heat.value.textContent = temperature.toFixed(2)
    most.value.textContent = k ? k.toLocaleString("en") : says("script-dials.all")
    mass.value.textContent = percent(p)
    seed.value = String(this.at.seed)
    const { shares, count } = dialled(logits, this.at)
    this.now = { shares, count, times: drawn(shares, count, this.at.seed) }
    const held = this.before.slice(0, count).reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0)
    said.textContent = this.sentence(shares, count, held, size, candidates)
    const most_ = Math.max(shares[0], this.before[0])
    const ramp = this.theme.sequential
    this.rows.forEach((/** @type {any} */ row, /** @type {number} */ i) => {
      row.node.classList.toggle("cut", i >= count)
      row.bar.style.inlineSize = `${(100 * shares[i]) / most_}%`
      row.bar.style.backgroundColor = ramp.background[i === 0 ? 200 : 130]
      row.ghost.style.inlineSize = `${(100 * this.before[i]) / most_}%`
      row.share.textContent = i < count ? percent(shares[i]) : says("script-dials.cut")
      const times = this.now.times.get(i) || 0
      row.draws.textContent = "●".repeat(times)
      row.draws.setAttribute("aria-label", says("script-dials.times", { times, draws: DRAWS }))
    })
  }

  /**
   * @param {Float64Array} shares
   * @param {number} count
   * @param {number} held
   * @param {number} size
   * @param {string[]} candidates
   */
  sentence(shares, count, held, size, candidates) {
    let bits = 0
    for (let i = 0; i < count; i++) if (shares[i] > 0) bits -= shares[i] * Math.log2(shares[i])
    const others = DRAWS - this.rows.reduce(
      (/** @type {number} */ sum, /** @type {any} */ _, /** @type {number} */ i) =>
        sum + (this.now.times.get(i) || 0), 0)
    const known = { count: count.toLocaleString("en"), size: size.toLocaleString("en"), share: percent(held) }
    const left = count < size ? says("script-dials.left", known) : says("script-dials.none-cut")
    const choices = (2 ** bits).toFixed(2 ** bits < 9.95 ? 1 : 0)
    const now = says("script-dials.choices", { choices, token: candidates[0], share: percent(shares[0]) })
    return `${left} ${now} ${drawSentence(this.now.times.size, others)}`
  }

  /** @param {string} format */
  async save(format) {
    const { candidates, caption, name } = this.data
    const { shares, count, times } = this.now
    if (format === "CSV" || format === "JSON") {
      const table = candidates.slice(0, Math.max(count, SHOWN)).map((/** @type {string} */ shown, /** @type {number} */ i) => ({
        shown, before: exact(this.before[i]), after: exact(shares[i]), draws: times.get(i) || 0,
      }))
      const record = { caption, ...this.at, candidates: table }
      if (format === "JSON") return download(name, "json", toJson(record), "application/json")
      const rows = table.map((/** @type {any} */ row) => [row.shown, row.before, row.after, row.draws])
      return download(name, "csv", toCsv([["token", "before", "after", "draws"], ...rows]), "text/csv")
    }
    if (format === "HTML") return savePage(this.root, name, { ...this.data, at: this.at })
    const skip = (/** @type {Element} */ node) => node.matches(".foot, .dials, input")
    const { background } = this.theme
    const muted = getComputedStyle(this.parts.tools).color
    const scene = makeScene(this.root, { skip, ramp: null, caption, background, muted })
    return savePicture(format, name, scene)
  }
}

export default function ({ data, parentElement, setStateValue }) {
  instance(parentElement, (root, signal) => new Dials(root, signal)).update(
    data,
    readTheme(parentElement),
    setStateValue,
  )
  return dispose(parentElement)
}
