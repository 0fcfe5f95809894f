// The theme draws some of its buttons as bare text or signs that only a mouse can press, and that
// a screen reader spells out. Here they get a name, and the keyboard presses them too.
const PRESSED = "[x-on\\:click]:not(a[href], button, input, select, textarea, summary)";
const SIGN = ".material-symbols-outlined";
const NAMES = {dock_to_right: "Menu", close: "Close the menu"};
// What opens is walked from its top.
const OPENED = {sidebarMobile: "#nav-sidebar ol a", filterOpen: "#changelist-filter :is(a, input, select)"};

function opened(spot) {
  const what = Object.keys(OPENED).find(name => spot.getAttribute("x-on:click").includes(name));
  return what && [...document.querySelectorAll(OPENED[what])].find(e => e.checkVisibility());
}

addEventListener("DOMContentLoaded", () => {
  for (const sign of document.querySelectorAll(SIGN)) {
    const hasWords = sign.parentElement.textContent.trim() !== sign.textContent.trim();
    if (hasWords && !sign.matches(PRESSED)) sign.ariaHidden = "true";
  }
  for (const spot of document.querySelectorAll(PRESSED)) {
    const words = spot.textContent.trim();
    if (!words) continue;
    spot.role = "button";
    spot.tabIndex = 0;
    if (words in NAMES) spot.ariaLabel = NAMES[words];
    spot.addEventListener("keydown", event => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      spot.click();
      setTimeout(() => {
        const back = [...document.querySelectorAll("#header-inner [role=button]")];
        const next = opened(spot) || !spot.checkVisibility() && back.find(e => e.checkVisibility());
        if (next) next.focus();
      }, 50);
    });
  }
});
