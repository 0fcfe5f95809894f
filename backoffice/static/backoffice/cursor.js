// A scanner types wherever the cursor is. Browsers forget `autofocus` when a page is slow to be
// drawn, or when a script moves the field; so the cursor is put there once more.
addEventListener("load", () => {
  const wanted = document.querySelector("[autofocus]");
  if (wanted && document.activeElement === document.body) wanted.focus();
});
