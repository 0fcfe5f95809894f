// Shows, in the form of a new store, only the fields of the chosen platform. Without this script
// all of them are shown, each under its platform's name.
document.addEventListener("DOMContentLoaded", () => {
  const chosen = document.getElementById("id_platform_key");
  const fields = document.querySelectorAll('[name^="credential_"], [name^="option_"]');
  if (!chosen || chosen.type === "hidden" || !fields.length) return;

  const show = () => {
    for (const field of fields) {
      const own = field.name.replace(/^(credential|option)_/, "").startsWith(`${chosen.value}_`);
      const group = field.closest("fieldset");
      if (group) group.hidden = !own;
    }
  };
  chosen.addEventListener("change", show);
  show();
});
