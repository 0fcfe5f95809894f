// Enter in a figure leads to the next one, and after the last one to the button that saves: a
// scanner that types into a figure must not send the page.
const form = document.querySelector("[data-sheet]");

form.addEventListener("keydown", event => {
  if (event.key !== "Enter" || !event.target.matches("[type=number]")) return;
  event.preventDefault();
  const figures = [...form.querySelectorAll("[type=number]")];
  const next = figures[figures.indexOf(event.target) + 1] || form.querySelector("[type=submit]");
  next.focus();
  if (next.select) next.select();
});
