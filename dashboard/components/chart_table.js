// The numbers of a chart as a table: for whoever does not see it, and for whoever wants to read a value.

const MOST_ROWS = 500

/** A cell as it is read aloud. @param {string | number | null} value */
const cellText = (value) => (typeof value === "number" ? String(Number(value.toPrecision(4))).replace("-", "−") : (value ?? ""))

/** One row. @param {string} kind @param {string[]} cells */
function tableRow(kind, cells) {
  const row = element("tr")
  for (const text of cells) {
    const cell = element(kind, "", text)
    if (kind === "th") cell.setAttribute("scope", "col")
    cell.dir = "auto"
    row.append(cell)
  }
  return row
}

/**
 * The table, without columns in which nothing stands, or one series only, and a sentence where it is not all.
 * @param {string} caption
 * @param {string[]} head
 * @param {(string | number | null)[][]} rows
 */
function chartTable(caption, head, rows) {
  const several = rows.some((row) => row[0] !== rows[0][0])
  const kept = head.map((_, column) => (several || column > 0) && rows.some((row) => (row[column] ?? "") !== ""))
  const fit = (/** @type {(string | number | null)[]} */ row) => row.filter((_, column) => kept[column]).map(cellText)
  const table = element("table")
  const top = element("thead")
  const body = element("tbody")
  top.append(tableRow("th", fit(head)))
  body.append(...rows.slice(0, MOST_ROWS).map((row) => tableRow("td", fit(row))))
  table.append(element("caption", "", caption), top, body)
  const left = rows.length - MOST_ROWS
  if (left <= 0) return [table]
  return [table, element("p", "", says("script-chart_table.more-rows", { count: left.toLocaleString("en") }))]
}

/**
 * Open the numbers in a dialog: Escape closes it, and the focus goes back to where it was.
 * @param {string} caption
 * @param {string[]} head
 * @param {(string | number | null)[][]} rows
 */
function showTable(caption, head, rows) {
  const dialog = /** @type {HTMLDialogElement} */ (element("dialog", "chart-table"))
  const scrolled = element("div", "scrolls")
  const close = button("tool", says("script-chart_table.close"))
  dialog.setAttribute("aria-label", says("script-chart_table.numbers"))
  scrolled.tabIndex = 0
  scrolled.setAttribute("role", "region")
  scrolled.setAttribute("aria-label", says("script-chart_table.table"))
  scrolled.append(...chartTable(caption, head, rows))
  dialog.append(close, scrolled)
  close.addEventListener("click", () => dialog.close())
  dialog.addEventListener("close", () => dialog.remove())
  const app = document.querySelector("[data-testid=stApp]") || document.body
  app.append(dialog)
  dialog.showModal()
}
