// The slider of a chart that has pages (layers, seeds): the arrow keys turn them, as a pointer does.

const STEP_INSET = 10 // pixels of the rail before Plotly's first step and behind its last

/** The page that is shown, for whoever does not see it. @param {any} slider @param {Element} group */
function tellPage(slider, group) {
  const { steps, active } = slider
  const said = { valuemin: 1, valuemax: steps.length, valuenow: active + 1, valuetext: steps[active]?.label || "" }
  for (const [name, value] of Object.entries(said)) group.setAttribute(`aria-${name}`, String(value))
}

/** Turn to a page: Plotly's own way, a press on its rail. @param {Element} group @param {number} page @param {number} last */
function turnTo(group, page, last) {
  const rail = group.querySelector(".slider-rail-touch-rect")
  if (!rail) return
  const { left, top, width, height } = rail.getBoundingClientRect()
  const at = left + STEP_INSET + ((width - 2 * STEP_INSET) * page) / last
  const place = { clientX: at, clientY: top + height / 2, bubbles: true, cancelable: true, view: window }
  for (const type of ["mousedown", "mouseup"]) rail.dispatchEvent(new MouseEvent(type, place))
}

/** Give a chart's slider its keys, once. @param {any} chart Plotly's element */
function turnByKeys(chart) {
  const group = chart.querySelector(".slider-group")
  const sliderOf = () => chart.layout?.sliders?.[0] // `_fullLayout` learns of a change later
  if (!group || !sliderOf()) return
  tellPage(sliderOf(), group)
  if (group.getAttribute("role")) return
  for (const [name, value] of [["role", "slider"], ["tabindex", "0"], ["aria-label", says("script-chart_pages.page")]]) {
    group.setAttribute(name, value)
  }
  group.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const { active, steps } = sliderOf()
    const last = steps.length - 1
    const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -last, End: last }[event.key]
    if (!by) return
    event.preventDefault()
    turnTo(group, Math.max(0, Math.min(last, active + by)), last)
  })
  // Plotly tells of a change before it is one
  chart.on?.("plotly_sliderchange", () => requestAnimationFrame(() => tellPage(sliderOf(), group)))
}
