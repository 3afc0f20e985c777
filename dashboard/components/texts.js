// What the scripts say, by the names that dashboard/interface.py has; `TEXTS` is put in front of every script.

/**
 * The text of this name, "section.entry", with what goes into its {places}.
 * @param {string} name @param {Record<string, string | number>} [filled] @returns {string}
 */
function says(name, filled = {}) {
  return TEXTS[name].replace(/\{(\w+)\}/g, (_, place) => String(filled[place]))
}
