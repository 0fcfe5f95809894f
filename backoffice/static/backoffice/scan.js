// A scanner ends every code with Enter. Where several codes are asked for, Enter leads to the next
// field that is empty, and never sends the page: after the last code the buttons are one Tab away.
const form = document.querySelector(".xd-confirm");

form.addEventListener("keydown", event => {
  if (event.key !== "Enter" || !event.target.matches("input")) return;
  const fields = [...form.querySelectorAll("[data-scan]")].filter(field => field.checkVisibility());
  if (fields.length < 2) return;
  event.preventDefault();
  // Some scanners send Enter twice: the second one must not skip a field.
  if (event.target.matches("[data-scan]") && !event.target.value.trim()) return;
  const place = fields.indexOf(event.target);
  const empty = [...fields.slice(place + 1), ...fields].find(field => !field.value.trim());
  if (empty) {
    empty.focus();
    return;
  }
  const buttons = form.querySelector(".xd-buttons");
  buttons.tabIndex = -1;
  buttons.focus();
});
