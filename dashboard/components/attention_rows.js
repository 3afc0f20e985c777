// The rows that are shown: marks left out or not, the strongest links kept, sums over what is chosen; and words.

/** Forget what was computed for other choices. @param {any} view */
function readNumbers(view) {
  view.rows = new Map()
  const { data, maps } = view
  view.limit = 1
  if (data.shares) return
  let most = 0
  for (let layer = 0; layer < maps.layers; layer++)
    for (let head = 0; head < maps.heads; head++)
      for (let q = 0; q < maps.askers; q++) {
        for (const value of rowShown(view, { layer, head }, q)) most = Math.max(most, Math.abs(value))
      }
  view.limit = most
}

/** One row as it is shown. @param {any} view @param {Head} head @param {number} q @returns {Float32Array} */
function rowShown(view, { layer, head }, q) {
  const key = (layer * view.maps.heads + head) * view.maps.askers + q
  const known = view.rows.get(key)
  if (known) return known
  let row = view.maps.row(layer, head, q)
  if (!view.marks) row = withoutMarks(row, view.data.sinks, view.data.shares)
  row = strongestOf(row, view.share)
  view.rows.set(key, row)
  return row
}

/** The raw row behind the one shown, of one head only. @param {any} view @param {number} q */
function ghostRow(view, q) {
  const heads = view.shownHeads()
  if (!view.raw || heads.length > 1) return null
  const [{ layer, head }] = heads
  const alike = view.raw.heads === view.maps.heads ? [head] : Array.from({ length: view.raw.heads }, (_, i) => i)
  const row = new Float32Array(view.raw.tokens)
  for (const one of alike) view.raw.row(layer, one, q).forEach((value, k) => (row[k] += value / alike.length))
  return view.marks ? row : withoutMarks(row, view.data.sinks, true)
}

/** A whole head as levels of the ramp. @param {any} view @param {number} layer @param {number} head */
function levelsOf(view, layer, head) {
  const { maps, limit } = view
  if (view.data.shares && !maps.signed && view.share >= 1) return levelsOfShares(view, layer, head)
  const levels = new Uint8Array(maps.askers * maps.tokens).fill(maps.signed ? 128 : 0)
  for (let q = 0; q < maps.askers; q++) {
    const row = rowShown(view, { layer, head }, q)
    const end = maps.back ? q + 1 : row.length
    for (let k = 0; k < end; k++) if (row[k]) levels[q * maps.tokens + k] = rootLevel(row[k], limit, maps.signed)
  }
  return levels
}

/** Whether an asking token is a mark: only where all tokens ask are askers and tokens the same. @param {any} view @param {number} q */
const isMark = (view, q) => view.maps.askers === view.maps.tokens && view.maps.askers > 1 && view.data.sinks.includes(q)

/**
 * The same for whole rows of shares: their levels are roots already, so a row only needs a factor.
 * @param {any} view @param {number} layer @param {number} head
 */
function levelsOfShares(view, layer, head) {
  const { maps } = view
  const found = new Uint8Array(maps.askers * maps.tokens)
  const [values, sinks] = [maps.known(), view.marks ? [] : view.data.sinks]
  for (let q = 0; q < maps.askers; q++) {
    const start = maps.start(layer, head, q)
    const end = maps.back ? q + 1 : maps.tokens
    let left = sinks.length ? 0 : 1
    if (sinks.length) {
      for (let k = 0; k < end; k++) left += values[maps.levels[start + k]]
      for (const k of sinks) if (k < end) left -= values[maps.levels[start + k]]
    }
    if (left < LEAST) continue
    const factor = (255 * Math.sqrt(maps.limit / left)) / maps.top
    for (let k = 0; k < end; k++) found[q * maps.tokens + k] = Math.min(255, Math.round(maps.levels[start + k] * factor))
    for (const k of sinks) if (k < end) found[q * maps.tokens + k] = 0
  }
  return found
}

/** How much of a row rests on marks, mean over the heads shown. @param {any} view @param {number} q */
function restOf(view, q) {
  if (!view.showsRest() || isMark(view, q)) return 0
  const heads = view.shownHeads()
  let sum = 0
  for (const { layer, head } of heads) for (const k of view.data.sinks) sum += view.maps.at(layer, head, q, k)
  return sum / heads.length
}

/**
 * What stands beside the other side's words: the mean row of chosen askers, or for chosen words the sum of what
 * each asker gives them; mean over heads.
 * @param {any} view
 */
function sumsShown(view) {
  const { focus, maps } = view
  if (!focus.at.length) return null
  const heads = view.shownHeads()
  const asks = focus.kind === "q"
  const sums = new Float32Array(asks ? maps.tokens : maps.askers)
  for (const head of heads) {
    for (let q = 0; q < maps.askers; q++) {
      if (asks && !focus.at.includes(q)) continue
      const row = rowShown(view, head, q)
      if (asks) row.forEach((value, k) => (sums[k] += value / heads.length / focus.at.length))
      else for (const k of focus.at) sums[q] += row[k] / heads.length
    }
  }
  return sums
}

/** @param {any} view @param {number[] | null} cell @returns {Part[]} */
function mapSentence(view, cell) {
  const { data } = view
  const asker = (/** @type {number} */ i) => ({ name: tokenName(data.askers[i]) })
  const word = (/** @type {number} */ i) => ({ name: tokenName(data.tokens[i]) })
  if (cell) {
    const [q, k] = cell
    const [head] = view.shownHeads()
    const raw = ghostRow(view, q)
    const filled = { asker: asker(q), word: word(k), value: view.written(rowShown(view, head, q)[k]) }
    const told = raw
      ? saysParts("script-attention_rows.cell-raw", { ...filled, raw: percent(raw[k]) })
      : saysParts("script-attention_rows.cell", filled)
    return [...told, ...restPart(view, [q])]
  }
  const { focus } = view
  const sums = sumsShown(view)
  if (!sums) return [...(roleParts(view) || strongestParts(view)), ...restPart(view, null)]
  const asks = focus.kind === "q"
  const [who, other] = asks ? [asker, word] : [word, asker]
  const order = Array.from(sums.keys()).filter((i) => Math.abs(sums[i]) > 0.004 * view.limit)
  order.sort((a, b) => Math.abs(sums[b]) - Math.abs(sums[a]) || a - b)
  const several = focus.at.length > 1
  const names = joinParts(focus.at.slice(0, 4).map((/** @type {number} */ i) => [who(i)]))
  const left = focus.at.length - 4
  const chosen = left > 0 ? saysParts("script-attention_rows.and-more", { words: names, count: left }) : names
  const best = joinParts(order.slice(0, 4).map((i) => [other(i), ` ${view.written(sums[i])}`]))
  return [...lookSentence(asks, several, chosen, best), ...restPart(view, asks ? focus.at : null)]
}

/**
 * Who looks at what, or what is looked at by whom.
 * @param {boolean} asks whether the chosen tokens ask @param {boolean} several
 * @param {Part[]} chosen @param {Part[]} best the other side's words, the strongest first
 * @returns {Part[]}
 */
function lookSentence(asks, several, chosen, best) {
  const filled = asks ? { askers: chosen, words: best } : { askers: best, words: chosen }
  if (asks) {
    if (!best.length) return saysParts("script-attention_rows.looks-at-nothing", filled)
    if (several) return saysParts("script-attention_rows.look-on-average", filled)
    return saysParts("script-attention_rows.looks", filled)
  }
  if (!best.length) return saysParts("script-attention_rows.looked-at-by-none", filled)
  if (several) return saysParts("script-attention_rows.are-looked-at", filled)
  return saysParts("script-attention_rows.is-looked-at", filled)
}

/** What the role of a head means, with its proof. @param {any} view @returns {Part[] | null} */
function roleParts(view) {
  const heads = view.shownHeads()
  const note = heads.length === 1 && view.data.proofs?.[heads[0].layer]?.[heads[0].head]
  return note ? [note] : null
}

/** The strongest look of the heads shown. @param {any} view @returns {Part[]} */
function strongestParts(view) {
  let best = { value: 0, q: 0, k: 0 }
  for (const head of view.shownHeads())
    for (let q = 0; q < view.maps.askers; q++)
      rowShown(view, head, q).forEach((value, k) => {
        if (Math.abs(value) > Math.abs(best.value) && (q !== k || view.maps.askers !== view.maps.tokens)) best = { value, q, k }
      })
  if (!best.value) return [says("script-attention_rows.goes-nowhere")]
  const { askers, tokens } = view.data
  const [asker, word] = [{ name: tokenName(askers[best.q]) }, { name: tokenName(tokens[best.k]) }]
  return saysParts("script-attention_rows.hardest-look", { asker, word, value: view.written(best.value) })
}

/** What is left out because it rests on marks. @param {any} view @param {number[] | null} rows @returns {Part[]} */
function restPart(view, rows) {
  if (!view.showsRest()) return []
  const asked = rows || view.data.askers.map((/** @type {string} */ _, /** @type {number} */ i) => i)
  const inside = asked.filter((/** @type {number} */ q) => !isMark(view, q))
  const rests = inside.map((/** @type {number} */ q) => restOf(view, q))
  const mean = rests.reduce((/** @type {number} */ a, /** @type {number} */ b) => a + b, 0) / Math.max(1, rests.length)
  const filled = { share: percent(mean) }
  const told = rows ? says("script-attention_rows.row-rests", filled) : says("script-attention_rows.weight-rests", filled)
  return [` ${told}`]
}
