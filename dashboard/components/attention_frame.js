// Around the pictures of attention: titles, switches, legend and downloads.

/** The fixed parts. */
function buildMapFrame() {
  const overview = element("div", "overview")
  const caption = element("div", "caption")
  overview.append(caption)
  const detail = element("div", "detail")
  const title = element("h3", "title word") // a word: what the tests of any component wait for
  const said = element("p", "said")
  const bar = element("div", "bar-of-tools")
  const body = element("div", "body")
  const live = element("div", "unseen")
  live.setAttribute("aria-live", "polite")
  const names = [["arcs", says("script-attention_frame.arcs")], ["matrix", says("script-attention_frame.matrix")]]
  const looks = names.map(([look, name]) => {
    const node = button("choice", name)
    node.dataset.look = look
    return node
  })
  const views = element("span", "seg")
  views.setAttribute("role", "group")
  views.setAttribute("aria-label", says("script-attention_frame.picture"))
  views.append(...looks)
  const marks = button("choice", says("script-attention_frame.show-marks"))
  const several = button("choice", says("script-attention_frame.choose-several"))
  several.title = says("script-attention_frame.several-help")
  const keep = element("label", "keep")
  const share = /** @type {HTMLInputElement} */ (document.createElement("input"))
  Object.assign(share, { type: "range", min: "10", max: "100", step: "5" })
  const kept = element("span", "kept")
  keep.append(says("script-attention_frame.links-that-make-up"), share, kept)
  bar.append(views, marks, several, keep)
  const legend = element("div", "legend")
  const low = element("span", "", "0")
  const ramp = element("span", "bar")
  const high = element("span", "")
  const ghost = element("span", "hint")
  legend.append(low, ramp, high, ghost)
  const downloads = element("div", "tools")
  addTools(downloads, says("script-attention_frame.this-head"))
  const files = [...downloads.children]
  const foot = element("div", "foot")
  foot.append(legend, downloads)
  detail.append(title, said, bar, body, foot)
  return { overview, caption, detail, title, said, body, live, legend, low, ramp, high, ghost, kept, tools: { looks, marks, several, share, files } }
}

/** What stands around the picture, by what is chosen. @param {any} view */
function writeMapFrame(view) {
  const { parts, data, maps, theme } = view
  const { looks, marks, several, share } = parts.tools
  parts.caption.textContent = data.joined ? says("script-attention_frame.all-layers") : says("script-attention_frame.all-heads")
  view.root.setAttribute("aria-label", data.label)
  for (const node of looks) node.setAttribute("aria-pressed", String(node.dataset.look === view.look))
  marks.hidden = !data.sinks.length
  marks.setAttribute("aria-pressed", String(view.marks))
  several.setAttribute("aria-pressed", String(view.many))
  share.value = String(Math.round(100 * view.share))
  share.setAttribute("aria-label", says("script-attention_frame.strongest-links"))
  const kept = Math.round(100 * view.share)
  parts.kept.textContent =
    view.share >= 1 ? says("script-attention_frame.kept-all") : says("script-attention_frame.kept", { kept })
  const colours = maps.signed ? theme.diverging : theme.sequential
  parts.ramp.style.backgroundImage = gradient(colours)
  const end = { limit: number(view.limit, decimals(view.limit)), unit: data.unit }
  parts.low.textContent = maps.signed ? `−${number(view.limit, decimals(view.limit))}` : "0"
  parts.high.textContent =
    data.shares ? says("script-attention_frame.end-of-a-row") : says("script-attention_frame.end", end)
  parts.ghost.textContent = data.ghost ? says("script-attention_frame.grey") : ""
  const wide = 30 + Math.min(6, maps.heads) * 110
  view.root.style.setProperty("--overview", `${maps.heads > 6 ? 560 : Math.max(150, Math.min(480, wide))}px`)
}

/** The shown rows as a table or a picture. @param {any} view @param {string} format */
async function saveMap(view, format) {
  const { data, maps } = view
  const heads = view.shownHeads()
  const stem = `${data.name}-${heads.map((/** @type {Head} */ one) => `${one.layer + 1}.${one.head}`).join("-")}`
  const rows = heads.flatMap((/** @type {Head} */ head) =>
    data.askers.map((/** @type {string} */ asker, /** @type {number} */ q) => ({
      head: view.nameOf(head), index: q, asks: asker, values: Array.from(view.rowOf(head, q), exact),
    })),
  )
  const shown = { marks: view.marks ? "shown" : "left out", share: view.share }
  if (format === "JSON") {
    const record = { caption: data.caption, unit: data.unit, ...shown, tokens: data.tokens, rows }
    return download(stem, "json", toJson(record), "application/json")
  }
  if (format === "HTML") return savePage(view.root, stem, data)
  if (format === "CSV") {
    const table = rows.map((/** @type {any} */ row) => [row.head, row.index, row.asks, ...row.values])
    return download(stem, "csv", toCsv([["head", "index", "asks", ...data.tokens], ...table]), "text/csv")
  }
  return savePicture(format, stem, mapScene(view))
}

/** The first head shown as a matrix of boxes and names. @param {any} view @returns {Scene} */
function mapScene(view) {
  const { data, maps, theme } = view
  const [side, left, top] = [20, 130, 130]
  const colours = maps.signed ? theme.diverging : theme.sequential
  const type = { family: view.letters, size: 12, weight: "400", fill: view.text }
  /** @type {Shape[]} */
  const shapes = []
  const [head] = view.shownHeads()
  for (let q = 0; q < maps.askers; q++) {
    const text = shorten(tokenName(data.askers[q]), 14)
    pen.font = `12px ${view.letters}`
    const w = pen.measureText(text).width
    shapes.push({ ...type, text, x: left - 8 - w, y: top + q * side, w, h: side, baseline: top + q * side + 14 })
    view.rowOf(head, q).forEach((/** @type {number} */ value, /** @type {number} */ k) => {
      if (maps.back && k > q) return
      const fill = colours.background[rootLevel(value, view.limit, maps.signed)]
      shapes.push({ x: left + k * side, y: top + q * side, w: side, h: side, fill })
    })
  }
  data.tokens.forEach((/** @type {string} */ token, /** @type {number} */ k) => {
    const text = shorten(tokenName(token), 14)
    const w = Math.min(pen.measureText(text).width, 2.4 * side)
    const y = top - 10 - (k % 6) * 18 // stepped: names of equal columns do not cover each other
    shapes.push({ ...type, text, x: left + k * side, y: y - 12, w, h: 14, baseline: y })
  })
  const width = left + Math.max(maps.tokens * side, 480) + 60
  const bottom = top + maps.askers * side + 12
  wrapCaption(`${view.nameOf(head)} · ${data.caption}`, width - 32).forEach((text, i) => {
    const w = pen.measureText(text).width
    shapes.push({ ...type, family: "sans-serif", text, x: 16, y: bottom + i * 18, w, h: 18, baseline: bottom + i * 18 + 13 })
  })
  return { w: width, h: bottom + 60, background: solid(theme.background) || "#ffffff", shapes }
}
