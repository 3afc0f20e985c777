"""What every reader must find on a page, whatever they see, hear or point with: axe-core, and three walks of ours."""

from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

GRAVE = ("serious", "critical")

# What cannot be mended from here, for Streamlit draws it: rule and place (data-testid), and why. Kept exact by a test.
KNOWN: dict[tuple[str, str], str] = {
    (
        "list",
        "stSidebarNavItems",
    ): "Streamlit's menu on a phone puts a div for each group between list and entries.",
    ("listitem", "stSidebarNavItems"): "The entries of that menu, for the same reason.",
}

# Pictures nobody named: what is drawn, is seen, is no ornament (aria-hidden), and has no words of its own.
NAMELESS = """() => {
  const found = []
  const named = (node) => ['aria-label', 'aria-labelledby', 'alt'].some((name) => node.getAttribute(name))
  const walk = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.shadowRoot) walk(node.shadowRoot)
      if (!node.matches('canvas, svg, img, [data-testid=stPlotlyChart]')) continue
      if (!node.checkVisibility() || node.closest('[aria-hidden=true]')) continue
      if (node.parentElement?.closest('svg, [role=img], [data-testid=stPlotlyChart]')) continue
      if (named(node) || node.closest('[data-testid=stDataFrame]')) continue // with a table for readers inside
      if (node.closest('#js-plotly-tester')) continue
      if (node.closest('button, a, summary, [role=button]')?.textContent.trim()) continue
      found.push(`${node.tagName.toLowerCase()} in ${node.parentElement?.className}`)
    }
  }
  walk(document)
  return found
}"""

# What offers itself to a pointer and no key can come to: neither it nor what it is in takes the focus.
UNREACHABLE = """() => {
  const found = []
  const whole = 'section, main, [role=region], [role=group]' // to scroll, or to gather: not to press
  const focused = `a[href], button, input, select, textarea, summary, label, [tabindex]:not(${whole})`
  const walk = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.shadowRoot) walk(node.shadowRoot)
      if (getComputedStyle(node).cursor !== 'pointer' || !node.checkVisibility()) continue
      if (node.closest(focused) || node.querySelector(focused) || node.closest('.js-plotly-plot')) continue
      found.push(`${node.tagName.toLowerCase()}.${node.className.baseVal ?? node.className}`)
    }
  }
  walk(document)
  return [...new Set(found)]
}"""

# What a finger must hit, and how large it is: words in a running text only need the height (WCAG 2.5.5, inline).
SMALL = """(least) => {
  const pressed = 'button, a[href], input, select, textarea, summary, [role=button], [role=tab], [role=slider]'
  const found = []
  const walk = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.shadowRoot) walk(node.shadowRoot)
      if (!node.matches(pressed) || node.disabled || !node.checkVisibility({ visibilityProperty: true })) continue
      if (node.closest('.js-plotly-plot, [data-testid=stSkipToContent], [inert]')) continue
      if (node.matches('.stSlider input')) continue // hidden by Streamlit, which lets one press the whole track
      if (node.matches('[role=combobox] ~ *, [role=combobox] ~ * *')) continue // the arrow of a list: all of it opens
      const box = (node.closest('label') || node).getBoundingClientRect()
      if (!box.width || !box.height || box.right <= 0) continue
      const inline = node.matches('.word, p a')
      if (box.height > least - 0.6 && (inline || box.width > least - 0.6)) continue
      const name = node.dataset.testid || node.closest('[data-testid]')?.dataset.testid || ''
      const place = root === document ? name : node.className || node.tagName
      found.push(`${place}: ${Math.round(box.width)} x ${Math.round(box.height)}`)
    }
  }
  walk(document)
  return [...new Set(found)]
}"""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule of axe-core that one element breaks."""

    rule: str
    impact: str
    widget: str  # Streamlit's name of what it is in
    place: str
    why: str

    def __str__(self) -> str:
        return f"{self.impact}: {self.rule} in {self.widget} at {self.place} ({self.why})"


FIND = """async (options) => {
  const said = await axe.run(document, options)
  const widget = ([first]) => {
    const node = document.querySelector([first].flat()[0])
    return node?.closest('[data-testid]')?.dataset.testid || ''
  }
  return said.violations.flatMap(({ id, impact, nodes }) => nodes.map((node) => ({
    rule: id, impact: node.impact || impact, widget: widget(node.target), place: JSON.stringify(node.target),
    why: [...node.any, ...node.all, ...node.none][0]?.message || '',
  })))
}"""


def findings(page: Page, rules: list[str] | None = None) -> list[Finding]:
    """What axe-core says against a page as it stands; `rules`: these only."""
    page.evaluate(f"if (!window.axe) {{ {AXE_SCRIPT} }}; 0")
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    return [Finding(**one) for one in page.evaluate(FIND, options)]


def grave(page: Page, rules: list[str] | None = None) -> list[Finding]:
    """The serious and critical findings."""
    return [one for one in findings(page, rules) if one.impact in GRAVE]


def unexcused(found: list[Finding]) -> list[str]:
    """Those that are not in the table above, in words."""
    return [str(one) for one in found if (one.rule, one.widget) not in KNOWN]


def unfold(page: Page) -> None:
    """Open all that is folded up."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")


def nameless(page: Page) -> list[str]:
    return page.evaluate(NAMELESS)


def unreachable(page: Page) -> list[str]:
    """What can be clicked and not be come to with the keyboard."""
    return page.evaluate(UNREACHABLE)


def small(page: Page, least: int = 44) -> list[str]:
    """What can be pressed and is smaller than a finger, `least` pixels."""
    return page.evaluate(SMALL, least)
