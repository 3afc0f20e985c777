// Tables that a page writes can be taken away like charts: as the picture they are on the screen, and as cells.

const TABLE = "[data-testid=stMain] :is([data-testid=stHtml], [data-testid=stTable]) table"
const TABLE_LOOK = `
  body { padding: 1rem; } table { border-collapse: collapse; font-size: 0.875rem; }
  th, td { padding: 0.25rem 0.6rem; text-align: start; border-block-end: 1px solid var(--st-border-color); }
`
const PAINTED = ["background-color", "color", "font-weight", "text-align", "direction"]

/** What stands in a cell, with a space where it has lines. @param {HTMLElement} cell */
const cellWords = (cell) => cell.innerText.replace(/\s+/g, " ").trim()

/** The rows of a table; a cell over several columns is followed by empty ones. @param {HTMLTableElement} table */
function tableCells(table) {
  return [...table.rows].map((row) =>
    [...row.cells].flatMap((cell) => [cellWords(cell), ...Array(cell.colSpan - 1).fill("")]),
  )
}

/** The table for a page of its own: its cells, escaped, and what they are painted with. @param {HTMLTableElement} table */
function bareTable(table) {
  const cellOf = (/** @type {HTMLTableCellElement} */ cell) => {
    const style = getComputedStyle(cell)
    const look = PAINTED.map((name) => `${name}: ${style.getPropertyValue(name)}`).join("; ")
    const wide = cell.colSpan > 1 ? ` colspan="${cell.colSpan}"` : ""
    return `<${cell.localName}${wide} style="${xml(look)}">${xml(cellWords(cell))}</${cell.localName}>`
  }
  const title = table.caption ? `<caption>${xml(cellWords(table.caption))}</caption>` : ""
  return `<table>${title}${[...table.rows].map((row) => `<tr>${[...row.cells].map(cellOf).join("")}</tr>`).join("")}</table>`
}

/** Tools under each table of a page; none where a table has gone. @param {(format: string, table: HTMLTableElement) => void} save */
function serveTables(save) {
  for (const row of document.querySelectorAll(".table-tools")) {
    if (!row.parentElement?.querySelector("table")) row.remove()
  }
  for (const found of document.querySelectorAll(TABLE)) {
    const place = found.closest("[data-testid=stElementContainer]")
    if (!place || place.querySelector(".table-tools")) continue
    const row = element("div", "table-tools")
    addTools(row, says("script-table_files.this-table"))
    row.addEventListener("click", (event) => {
      const { format } = /** @type {HTMLElement} */ (event.target).dataset
      const table = /** @type {HTMLTableElement | null} */ (place.querySelector("table"))
      if (format && table) save(format, table)
    })
    place.append(row)
  }
}

/**
 * @param {string} format
 * @param {HTMLTableElement} table
 * @param {{caption: string, background: string, muted: string}} look
 * @param {string} rules the colours of the theme
 */
function saveTable(format, table, look, rules) {
  const name = table.classList[table.classList.length - 1] || "table"
  const rows = tableCells(table)
  if (format === "CSV") return download(name, "csv", toCsv(rows), "text/csv")
  if (format === "JSON") return download(name, "json", toJson({ caption: look.caption, rows }), "application/json")
  if (format === "HTML") {
    const page = wholePage({
      title: `Underhood: ${name}`, caption: look.caption, data: { name, view: whereabouts() },
      style: `${rules}\n${LOOK}\n${TABLE_LOOK}`, body: bareTable(table), script: "",
    })
    return download(name, "html", page, "text/html")
  }
  return savePicture(format, name, makeScene(table, { skip: () => false, ramp: null, ...look }))
}
