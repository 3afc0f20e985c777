// The numbers under the curves of the removal slider; a row is chosen to see its order.

/**
 * Method, area under its curve, ERASER's two numbers; random orders with their interval.
 * @param {HTMLElement} place
 * @param {Removal} shown
 */
function writeTable(place, shown) {
  const { data, lines } = shown
  const table = document.createElement("table")
  const head = document.createElement("tr")
  const way = shown.back ? says("script-removal_table.insertion") : says("script-removal_table.deletion")
  const columns = [says("script-removal_table.order-of"), way, says("script-removal_table.comprehensiveness"), says("script-removal_table.sufficiency")]
  for (const name of columns) head.append(element("th", "", name))
  table.append(head)
  const at = shown.back ? 1 : 0
  lines.forEach((/** @type {any} */ line, /** @type {number} */ i) => {
    const row = document.createElement("tr")
    row.dataset.line = String(i)
    const name = button("method", line.title)
    name.prepend(swatch(line.colour, line.dotted))
    name.setAttribute("aria-pressed", String(i === shown.chosen))
    name.disabled = shown.back && !line.insertion
    const cell = element("td")
    cell.append(name)
    if (line.chance) cell.append(element("span", "mark", says("script-removal_table.no-better-than-chance")))
    row.append(cell)
    for (const value of [line.areas[at], line.aopc?.[0], line.aopc?.[1]]) {
      row.append(element("td", "figure", typeof value === "number" ? share(value) : "–"))
    }
    table.append(row)
  })
  const row = document.createElement("tr")
  const cell = element("td", "plain", says("script-removal_table.random-orders"))
  cell.prepend(swatch(GREY, false))
  row.append(cell)
  const { areas, aopc } = data.random
  const bands = [areas, aopc, aopc].map((rows, i) =>
    rows.map((/** @type {number[]} */ bound) => bound[[at, 0, 1][i]]),
  )
  for (const band of bands) {
    const interval = element("td", "figure", share(band[0]))
    interval.append(element("span", "band", says("script-removal_table.range", { low: share(band[1]), high: share(band[2]) })))
    row.append(interval)
  }
  table.append(row)
  place.replaceChildren(table)
}

/** @param {string} colour @param {boolean} dotted */
function swatch(colour, dotted) {
  const node = element("span", dotted ? "swatch dotted" : "swatch")
  node.style.borderColor = colour
  return node
}
