// What every page can be taken away by: its link, and under each of its charts the files of that picture.

const CHART = "[data-testid=stPlotlyChart]"
const HEAD = ["series", "x", "y", "value", "in words"] // of the files; what a reader sees is TITLES
const TITLES = [says("script-saving.series"), says("script-saving.x"), says("script-saving.y"), says("script-saving.value"), says("script-saving.in-words")]
const CHART_LOOK = `
  figure { position: relative; margin: 0; outline-offset: 4px; }
  figure svg { display: block; max-width: 100%; height: auto; }
  #said { position: absolute; max-width: 22rem; padding: 0.25rem 0.5rem; pointer-events: none; overflow-wrap: anywhere;
    background: var(--st-text-color); color: var(--st-background-color); border-radius: 4px; font-size: 0.875rem; }
  #ring { position: absolute; border: 2px solid var(--st-primary-color); pointer-events: none; box-sizing: border-box; }
  [hidden] { display: none; }
  details { margin-block-start: 1rem; } table { border-collapse: collapse; font-size: 0.8125rem; }
  th, td { padding: 0.15rem 0.6rem; text-align: start; border-block-end: 1px solid var(--st-border-color); }
`

/** A point as a saved page needs it. @param {Point} point */
function briefly({ box, said, row }) {
  const places = box.map((v) => Number(v.toFixed(1)))
  const dot = places[0] === places[2] && places[1] === places[3]
  const shown = row.map((v) => (typeof v === "number" ? Number(v.toPrecision(5)) : v))
  return { box: dot ? places.slice(0, 2) : places, said, row: shown }
}

/** A button beside lines to copy; where they may not be copied they are selected instead. @param {Element} lines */
function offerCopy(lines) {
  const place = lines.parentElement
  if (!place || place.querySelector(".copy-lines")) return
  const copy = button("copy-lines", says("script-saving.copy"))
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(lines.textContent || "")
      copy.textContent = says("script-saving.copied")
    } catch {
      getSelection()?.selectAllChildren(lines)
      copy.textContent = says("script-saving.selected")
    }
    setTimeout(() => (copy.textContent = says("script-saving.copy")), 2000)
  })
  place.classList.add("lines")
  place.append(copy)
}

/** A chart whose pages flip does so at once where the reader wants no motion. @param {any} chart */
function stayStill(chart) {
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) return
  for (const layout of [chart?.layout, chart?._fullLayout])
    for (const step of (layout?.sliders || []).flatMap((/** @type {any} */ slider) => slider.steps || []))
      for (const part of ["frame", "transition"]) if (step.args?.[1]?.[part]) step.args[1][part].duration = 0
}

class Saving {
  /**
   * @param {HTMLElement} root
   * @param {AbortSignal} signal
   */
  constructor(root, signal) {
    this.root = root
    this.data = /** @type {any} */ (null)
    this.button = button("tool copy", says("script-saving.copy-link"))
    this.said = element("span", "said")
    this.said.setAttribute("role", "status")
    root.append(this.button, this.said)
    this.button.addEventListener("click", () => this.copy(), { signal })
    const seen = new MutationObserver(() => this.soon())
    seen.observe(document.body, { childList: true, subtree: true })
    signal.addEventListener("abort", () => {
      seen.disconnect()
      for (const row of document.querySelectorAll(".chart-tools, .table-tools, .copy-lines")) row.remove()
    })
  }

  /** @param {any} data */
  update(data) {
    this.data = data
    this.said.textContent = ""
    // For the JSON of every view: a text that the address has no room for.
    Object.assign(globalThis, { underhoodView: data.text === null ? null : { text: data.text } })
    this.soon()
  }

  /** Look at the page once it has come to rest. */
  soon() {
    this.waiting ||= setTimeout(() => {
      this.waiting = 0
      this.serveCharts()
    }, 60)
  }

  /** Tools under each chart; none where a chart has gone. */
  serveCharts() {
    for (const row of document.querySelectorAll(".chart-tools")) {
      if (!row.parentElement?.querySelector(CHART)) row.remove()
    }
    for (const lines of document.querySelectorAll("pre.code")) offerCopy(lines)
    serveTables((format, table) => void this.saveTable(format, table))
    for (const chart of document.querySelectorAll(CHART)) {
      turnByKeys(chart.querySelector(".js-plotly-plot") || chart)
      const place = chart.closest("[data-testid=stElementContainer]")
      if (!place || place.querySelector(".chart-tools") || !chart.querySelector(".main-svg")) continue
      stayStill(chart.querySelector(".js-plotly-plot") || chart)
      const row = element("div", "chart-tools")
      addTools(row, says("script-saving.this-picture"))
      const table = button("tool", says("script-saving.table"))
      table.dataset.format = "Table"
      table.title = says("script-saving.table-help")
      row.prepend(table)
      row.addEventListener("click", (event) => {
        const { format } = /** @type {HTMLElement} */ (event.target).dataset
        if (format) void this.save(format, /** @type {HTMLElement} */ (place))
      })
      place.append(row)
    }
  }

  /** The link of this view, which the address bar holds; where it may not be copied it is shown instead. */
  async copy() {
    if (this.data.text !== null) {
      this.said.textContent = says("script-saving.too-long")
      return
    }
    const link = location.href
    try {
      await navigator.clipboard.writeText(link)
      this.said.textContent = says("script-saving.link-copied")
    } catch {
      this.said.textContent = link
      getSelection()?.selectAllChildren(this.said)
    }
  }

  /** @param {string} format @param {HTMLTableElement} table */
  saveTable(format, table) {
    const host = /** @type {any} */ (this.root.getRootNode()).host
    const look = { caption: this.caption(table), background: pageColour(table), muted: getComputedStyle(table).color }
    return saveTable(format, table, look, themeRules(host, ""))
  }

  /** @param {string} format @param {HTMLElement} place */
  async save(format, place) {
    const chart = /** @type {any} */ (place.querySelector(".js-plotly-plot"))
    const name = /st-key-([\w-]+)/.exec(place.closest("[class*=st-key-]")?.className || "")?.[1] || "picture"
    const caption = this.caption(place)
    const style = getComputedStyle(place)
    const look = { caption, background: pageColour(place), muted: style.color, family: style.fontFamily }
    const points = pointsOf(chart)
    const rows = points.map((point) => [...point.row, point.said])
    if (format === "Table") return showTable(caption, TITLES, rows)
    if (format === "CSV") return download(name, "csv", toCsv([HEAD, ...rows]), "text/csv")
    if (format === "JSON") return download(name, "json", toJson({ caption, head: HEAD, rows }), "application/json")
    if (format === "HTML") {
      return this.savePage(name, chart, look, { name, caption, head: TITLES, points: points.map(briefly) })
    }
    const svg = chartSvg(chart, look)
    if (format === "SVG") return download(name, "svg", svg, "image/svg+xml")
    if (format === "PDF") return download(name, "pdf", await svgToPdf(svg, caption), "application/pdf")
    return download(name, "png", await svgToPng(svg), "image/png")
  }

  /** @param {string} name @param {any} chart @param {any} look @param {any} record */
  savePage(name, chart, look, record) {
    const host = /** @type {any} */ (this.root.getRootNode()).host
    const alt = chart.closest(CHART)?.getAttribute("aria-label") || look.caption
    const figure = `<figure tabindex="0" role="img" aria-label="${xml(alt)}">`
    const over = '<div id="ring" hidden></div><div id="said" role="status" hidden></div></figure>'
    const numbers = `<details><summary>${xml(says("script-saving.the-numbers"))}</summary><table></table></details>`
    const page = wholePage({
      title: `Underhood: ${name}`, caption: look.caption, data: { ...record, view: whereabouts() },
      style: `${themeRules(host, "")}\n${LOOK}\n${CHART_LOOK}`,
      body: `${figure}${chartSvg(chart, { ...look, caption: "" })}${over}${numbers}`,
      script: `;(${followPointer})()`,
    })
    return download(name, "html", page, "text/html")
  }

  /** Which model, what, of which page and version. @param {HTMLElement} place */
  caption(place) {
    const before = [...document.querySelectorAll("h2.section")].filter(
      (title) => title.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING,
    )
    const meta = document.querySelector("[data-testid=stMain] .meta")?.textContent || this.data.model
    const section = before[before.length - 1]?.textContent
    return [meta, this.data.title, section, this.data.version].filter(Boolean).join(" · ")
  }
}

export default function ({ data, parentElement }) {
  instance(parentElement, (root, signal) => new Saving(root, signal)).update(data)
  return dispose(parentElement)
}
