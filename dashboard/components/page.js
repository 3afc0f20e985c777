// One file that shows a view anywhere: the component's own script, style and data, and nothing from elsewhere.

const SAFE = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
const LOOK = `
  html { background: var(--st-background-color); color: var(--st-text-color); }
  body { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem; font: 1rem/1.5 var(--st-font), sans-serif; }
  footer { margin-block-start: 1rem; font-size: 0.8125rem; opacity: 0.8; overflow-wrap: anywhere; }
`
const OWN = [
  "background-color", "secondary-background-color", "text-color", "primary-color", "border-color", "link-color",
  "base-radius", "font", "code-font", "heading-font", "chart-sequential-colors", "chart-diverging-colors",
  "chart-categorical-colors",
]

/** JSON that can stand inside a script: no sign of it can end one. @param {unknown} value */
const inScript = (value) =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)

/** The colour behind everything. @param {Element} place */
function pageColour(place) {
  const app = document.querySelector("[data-testid=stApp]")
  return app ? getComputedStyle(app).backgroundColor : getComputedStyle(place).getPropertyValue("--st-background-color")
}

/**
 * The theme's values that a style sheet and a script ask for, as rules for a page of its own.
 * @param {Element} place
 * @param {string} css
 */
function themeRules(place, css) {
  const style = getComputedStyle(place)
  const ground = pageColour(place)
  const names = new Set([...OWN.map((name) => `--st-${name}`), ...(css.match(/--st-[\w-]+/g) || [])])
  const rules = [...names].map((name) => [name, style.getPropertyValue(name).trim()]).filter(([, value]) => value)
  rules.push(["--st-background-color", ground]) // a side bar has another
  const scheme = luminance(parseColour(ground)) < 0.2 ? "dark" : "light"
  return `:root { color-scheme: ${scheme}; ${rules.map(([name, value]) => `${name}: ${value};`).join(" ")} }`
}

/**
 * A whole page.
 * @param {{title: string, caption: string, style: string, body: string, script: string, data: unknown}} parts
 */
function wholePage({ title, caption, style, body, script, data }) {
  const closed = (/** @type {string} */ text, /** @type {string} */ tag) =>
    text.replace(new RegExp(`</(?=${tag})`, "gi"), "<\\/").replace(/<!--/g, "<\\!--")
  return `<!doctype html>
<html lang="${says("script-page.language-tag")}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${SAFE}">
<title>${xml(title)}</title>
<style>${closed(style, "style")}</style></head>
<body>${body}<footer><bdi>${xml(caption)}</bdi></footer>
<script type="application/json" id="view">${inScript(data)}</script>
<script type="module">
${closed(script, "script")}
</script></body></html>
`
}

/** The style sheets of a component's shadow root. @param {ShadowRoot | Document} shadow */
function sheetsOf(shadow) {
  const written = [...shadow.querySelectorAll("style")].map((node) => node.textContent || "")
  const adopted = [...shadow.adoptedStyleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText))
  return [...written, ...adopted].join("\n")
}

/**
 * Save a component as a page: its own script runs there on the same data.
 * @param {HTMLElement} root
 * @param {string} stem
 * @param {any} data what the component was given, as it stands now
 */
async function savePage(root, stem, data) {
  const source = await (await fetch(import.meta.url)).text()
  const start = source.replace(/export default function\s*\(/, "function startView(")
  const shadow = /** @type {ShadowRoot} */ (root.getRootNode())
  const css = sheetsOf(shadow)
  const page = wholePage({
    title: `Underhood: ${data.name || stem}`,
    caption: data.caption || "Underhood",
    style: `${themeRules(shadow.host, css)}\n${LOOK}`,
    body: '<main id="place"></main>',
    script: `${start}\n;(${openView})(startView, ${inScript(css)})`,
    data: { ...data, view: whereabouts() },
  })
  download(stem, "html", page, "text/html")
}

/**
 * What the saved page does first; it is written into that page and knows nothing of this one.
 * @param {(component: any) => void} start
 * @param {string} css
 */
function openView(start, css) {
  const data = JSON.parse(document.getElementById("view")?.textContent || "null")
  Object.assign(globalThis, { underhoodView: data.view })
  const shadow = /** @type {HTMLElement} */ (document.getElementById("place")).attachShadow({ mode: "open" })
  const style = document.createElement("style")
  style.textContent = `${css}\n.tool[data-format=HTML] { display: none }`
  const root = document.createElement("div")
  root.className = "root"
  shadow.append(style, root)
  const nothing = () => {}
  start({ data, parentElement: shadow, setStateValue: nothing, setTriggerValue: nothing })
}

/**
 * The tools of a component that has no other place for them, as its last line.
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 * @param {() => {data: any, head: string[], rows: (string | number | null)[][]}} taken what it was given, and its cells
 */
function footOfFiles(root, signal, taken) {
  const tools = element("div", "tools")
  addTools(tools)
  tools.addEventListener("click", (event) => {
    const { format } = /** @type {HTMLElement} */ (event.target).dataset
    if (format) void saveCells(format, root, tools, taken())
  }, { signal })
  return tools
}

/** @param {string} format @param {HTMLElement} root @param {Element} tools @param {any} taken */
function saveCells(format, root, tools, { data, head, rows }) {
  const { name, caption } = data
  if (format === "CSV") return download(name, "csv", toCsv([head, ...rows]), "text/csv")
  if (format === "JSON") return download(name, "json", toJson({ caption, head, rows }), "application/json")
  if (format === "HTML") return savePage(root, name, data)
  const look = { caption, background: pageColour(root), muted: getComputedStyle(tools).color }
  return savePicture(format, name, makeScene(root, { skip: (node) => node === tools, ramp: null, ...look }))
}
