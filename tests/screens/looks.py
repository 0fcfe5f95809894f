"""A close look at a page, by script: what sticks out, is cut off, too small, nameless or unordered.

`Screen.check` looks at what every page must get right; this looks at all that `#main` holds.
"""

from tests.screens.browser import Screen

NOTHING_WRONG = {
    "sticks out": [],
    "cut off": [],
    "too small to hit": [],
    "without a name": [],
    "headings out of order": [],
    "the same id twice": [],
}


def look(screen: Screen) -> None:
    """Nothing is wrong with the page that is open; targets need their size on a scanner only."""
    found = screen.page.evaluate(CLOSELY, screen.where == "scanner")
    assert found == NOTHING_WRONG, screen.page.url


CLOSELY = """isTouched => {
  const all = selector => [...document.querySelectorAll(selector)].filter(
    e => e.checkVisibility({visibilityProperty: true, opacityProperty: true}));
  const said = e => (e.innerText || e.value || e.outerHTML).trim().slice(0, 60);
  const box = e => e.getBoundingClientRect();
  const style = e => getComputedStyle(e);
  const around = e => e.parentElement ? [e.parentElement, ...around(e.parentElement)] : [];
  const isInText = e => style(e).display === 'inline' && e.tagName === 'A' && e.innerText;
  const target = e => ['checkbox', 'radio'].includes(e.type) && e.labels[0] ? e.labels[0] : e;
  // The box that chooses a row stands beside the row's own large link.
  const least = e => e.matches('#changelist [type=checkbox]') ? 24 : 40;
  const named = e => e.getAttribute('aria-label') || e.title || e.innerText.trim()
    || e.querySelector('[title]');
  const levels = all('#main h1, #main h2, #main h3, #main h4').map(e => [+e.tagName[1], e]);
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  return {
    'sticks out': all('#main *').filter(e => box(e).right > innerWidth + 1)
      .filter(e => !around(e).some(a => style(a).overflowX !== 'visible')).map(said),
    'cut off': all('#main *').filter(e => style(e).overflowX === 'hidden' && e.innerText)
      .filter(e => e.scrollWidth > e.clientWidth + 1).map(said),
    'too small to hit': !isTouched ? [] : all(
      '#main :is(a, button, input, select, textarea, summary, [role=button])')
      .filter(e => !isInText(e) && Math.max(box(e).height, box(target(e)).height) < least(e))
      .map(said),
    'without a name': all('#main :is(a, button, summary, [role=button])')
      .filter(e => !named(e)).map(said),
    'headings out of order': levels
      .filter(([level], n) => level > (n ? levels[n - 1][0] + 1 : 1)).map(([, e]) => said(e)),
    'the same id twice': ids.filter((id, n) => ids.indexOf(id) !== n),
  };
}"""
