// What changed while it learned? A slider over the stages of a training; all frames are here, nothing is asked for.

/**
 * @typedef {{name: string, read: string, bits: (number | null)[], rank: (number | null)[], band: (number | null)[],
 *   probability: (number | null)[], expected: [string, number][][], shares: number[]}} Stage
 */

/** Words are shown, not kept. @type {Kind} */
const replayed = { ...surprise, pinnable: () => false }

/** The fixed parts. @param {HTMLElement} root */
function buildReplay(root) {
  const stepper = element("div", "stepper")
  const back = button("tool step", says("script-replay.earlier"))
  const slider = /** @type {HTMLInputElement} */ (document.createElement("input"))
  slider.type = "range"
  slider.min = "0"
  slider.setAttribute("aria-label", says("script-replay.stage"))
  const on = button("tool step", says("script-replay.later"))
  stepper.append(back, slider, on)
  const said = element("p", "said")
  said.setAttribute("aria-live", "polite")
  const title = element("p", "what")
  const bars = element("ol", "bars")
  const below = element("p", "what", says("script-replay.surprise"))
  const strip = element("div", "strip")
  root.append(stepper, said, title, bars, below, strip)
  return { back, slider, on, said, title, bars, strip }
}

class Replay {
  /**
   * @param {HTMLElement} root
   * @param {AbortSignal} signal
   */
  constructor(root, signal) {
    this.parts = buildReplay(root)
    this.words = new Strip(this.parts.strip, signal, replayed)
    this.data = /** @type {any} */ (null)
    this.theme = /** @type {any} */ (null)
    this.stage = 0
    const { back, slider, on } = this.parts
    const listen = (/** @type {HTMLElement} */ node, /** @type {string} */ type, /** @type {any} */ act) =>
      node.addEventListener(type, act, { signal })
    listen(back, "click", () => this.keep(this.stage - 1))
    listen(on, "click", () => this.keep(this.stage + 1))
    listen(slider, "input", () => this.show(Number(slider.value)))
    listen(slider, "change", () => this.keep(Number(slider.value)))
  }

  /**
   * @param {any} data
   * @param {ReturnType<typeof readTheme>} theme
   * @param {(name: string, value: unknown) => void} setState
   */
  update(data, theme, setState) {
    const text = JSON.stringify(data.stages)
    const fresh = this.text !== text
    this.text = text
    this.data = data
    this.theme = theme
    this.setState = setState
    this.parts.slider.max = String(data.stages.length - 1)
    this.parts.title.textContent = data.title
    if (fresh) {
      this.rows = data.candidates.map((/** @type {string} */ name) => barRow(name))
      this.parts.bars.replaceChildren(...this.rows.map((/** @type {any} */ row) => row.node))
      this.stage = data.stage
    }
    this.show(this.stage)
  }

  /** Show a stage; nobody is told. @param {number} stage */
  show(stage) {
    this.stage = Math.min(Math.max(0, stage), this.data.stages.length - 1)
    const now = /** @type {Stage} */ (this.data.stages[this.stage])
    const { back, slider, on, said } = this.parts
    slider.value = String(this.stage)
    slider.setAttribute("aria-valuetext", now.name)
    back.disabled = this.stage === 0
    on.disabled = this.stage === this.data.stages.length - 1
    said.textContent = `${now.name}: ${now.read}`
    const best = Math.max(...now.shares)
    const ramp = this.theme.sequential
    this.rows.forEach((/** @type {any} */ row, /** @type {number} */ i) => {
      row.bar.style.inlineSize = `${100 * now.shares[i]}%`
      row.bar.style.backgroundColor = ramp.background[now.shares[i] === best ? 200 : 120]
      row.share.textContent = percent(now.shares[i])
    })
    this.words.update({ ...this.data.strip, ...now }, this.theme, undefined)
  }

  /** Show a stage and keep it in the address. @param {number} stage */
  keep(stage) {
    this.show(stage)
    this.setState?.("stage", this.stage)
  }
}

/** One candidate: its name, a bar, its probability. @param {string} name */
function barRow(name) {
  const node = element("li", "row")
  const track = element("span", "track")
  const bar = element("span", "bar")
  const share = element("span", "share")
  track.append(bar)
  node.append(element("bdi", "chip", visible(name)), track, share)
  return { node, bar, share }
}

export default function ({ data, parentElement, setStateValue }) {
  instance(parentElement, (root, signal) => new Replay(root, signal)).update(
    data,
    readTheme(parentElement),
    setStateValue,
  )
  return dispose(parentElement)
}
