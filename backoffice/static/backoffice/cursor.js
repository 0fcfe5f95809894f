// A scanner types wherever the cursor is. Browsers forget `autofocus` when a page is slow to be
// drawn, or when a script moves the field; so the cursor is put there once more. What the page had
// put into the field gives way to the next scan.
addEventListener("load", () => {
  const wanted = document.querySelector("[autofocus]");
  if (!wanted) return;
  if (document.activeElement === document.body) wanted.focus();
  const isUntouched = wanted.value && wanted.value === wanted.defaultValue;
  if (document.activeElement === wanted && isUntouched) wanted.select();
});
