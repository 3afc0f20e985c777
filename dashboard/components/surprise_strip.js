// A text coloured by surprise; all it needs stands in surprise.js.

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  instance(parentElement, makeStrip(surprise)).update(data, readTheme(parentElement), setStateValue, setTriggerValue)
  return dispose(parentElement)
}
