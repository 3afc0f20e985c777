// A text coloured by surprise; all it needs stands in surprise.js.

export default function ({ data, parentElement, setStateValue }) {
  instance(parentElement, makeStrip(surprise)).update(data, readTheme(parentElement), setStateValue)
  return dispose(parentElement)
}
