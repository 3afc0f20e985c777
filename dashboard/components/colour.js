// Colours: ramps from the Streamlit theme, interpolated in OKLab, so charts and components agree.

/**
 * @typedef {object} Ramp 256 colours, each with the text colour that reads best on it.
 * @property {string[]} background
 * @property {string[]} text
 */

/** @param {number} c */
const toLinear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
/** @param {number} c */
const toGamma = (c) => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055)
/** @param {number} v */
const toUnit = (v) => Math.min(1, Math.max(0, v))

/**
 * Read #rgb, #rrggbb or rgb(…).
 * @param {string} text
 * @returns {number[]} red, green, blue from 0 to 1
 */
function parseColour(text) {
  const colour = text.trim()
  if (colour.startsWith("#")) {
    const digits =
      colour.length === 4 ? [...colour.slice(1)].map((d) => d + d).join("") : colour.slice(1, 7)
    return [0, 2, 4].map((i) => parseInt(digits.slice(i, i + 2), 16) / 255)
  }
  return (colour.match(/[\d.]+/g) || ["0", "0", "0"]).slice(0, 3).map((v) => Number(v) / 255)
}

/** @param {number[]} rgb */
function toHex(rgb) {
  return (
    "#" +
    rgb
      .map((v) =>
        Math.round(v * 255)
          .toString(16)
          .padStart(2, "0"),
      )
      .join("")
  )
}

/** @param {number[]} rgb */
function luminance(rgb) {
  const [r, g, b] = rgb.map(toLinear)
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** @param {number[]} rgb */
function toOklab(rgb) {
  const [r, g, b] = rgb.map(toLinear)
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ]
}

/** @param {number[]} lab */
function fromOklab([lightness, a, b]) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((v) => toGamma(toUnit(v)))
}

/** Black or white, whichever reads better. @param {number[]} rgb */
function textOn(rgb) {
  const y = luminance(rgb) + 0.05
  return y / 0.05 >= 1.05 / y ? "#000000" : "#ffffff"
}

/** @type {Map<string, Ramp>} */
const ramps = new Map()

/**
 * A ramp of 256 colours through the given stops.
 * @param {string[]} stops
 * @returns {Ramp}
 */
function makeRamp(stops) {
  const key = stops.join()
  const known = ramps.get(key)
  if (known) return known
  const lab = stops.map((stop) => toOklab(parseColour(stop)))
  const colours = Array.from({ length: 256 }, (_, level) => {
    const at = (level / 255) * (lab.length - 1)
    const left = Math.min(lab.length - 2, Math.floor(at))
    return fromOklab(lab[left].map((v, axis) => v + (lab[left + 1][axis] - v) * (at - left)))
  })
  const ramp = { background: colours.map(toHex), text: colours.map(textOn) }
  ramps.set(key, ramp)
  return ramp
}

/**
 * A ramp as a CSS gradient.
 * @param {Ramp} ramp
 */
function gradient(ramp) {
  const stops = Array.from({ length: 17 }, (_, i) => ramp.background[Math.min(255, i * 16)])
  return `linear-gradient(90deg, ${stops.join(",")})`
}

/**
 * The theme's colours as the component receives them; read again on every theme switch.
 * @param {HTMLElement | ShadowRoot} parent
 */
function readTheme(parent) {
  const style = getComputedStyle("host" in parent ? parent.host : parent)
  const value = (/** @type {string} */ name) => style.getPropertyValue(`--st-${name}`).trim()
  const list = (/** @type {string} */ name) => value(name).split(/,(?![^(]*\))/)
  return {
    background: value("background-color"),
    sequential: makeRamp(list("chart-sequential-colors")),
    diverging: makeRamp(list("chart-diverging-colors")),
  }
}
