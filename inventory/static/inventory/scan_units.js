// Each scan adds one unit to the line of its product. A code that no line knows is looked up; a
// product that nobody expected gets a line of its own, where the page allows that.
const page = document.querySelector("[data-units-page]");
const scan = page.querySelector("[data-scan-units]");
const heard = page.querySelector("[data-heard]");
const blank = page.querySelector("template[data-row]");
const rows = () => [...page.querySelectorAll("[data-codes]")];
const unitsOf = row => row.querySelector("[data-units] input");

function say(words, isWrong) {
  heard.hidden = false;
  heard.textContent = words;
  heard.classList.toggle("xd-warn", isWrong);
}

function rowOf(code) {
  const low = code.toLowerCase();
  const all = rows().map(row => [row, JSON.parse(row.dataset.codes)]);
  const found = all.find(([, codes]) => codes.includes(code))
    || all.find(([, codes]) => codes[0].toLowerCase() === low);
  return found && found[0];
}

function addOne(row) {
  const units = unitsOf(row);
  units.value = (parseInt(units.value, 10) || 0) + 1;
  for (const other of rows()) other.classList.toggle("xd-hit", other === row);
  row.scrollIntoView({block: "nearest"});
  const sku = JSON.parse(row.dataset.codes)[0];
  const toCome = parseInt(row.dataset.toCome, 10) || 0;
  const over = parseInt(units.value, 10) - toCome;
  const words = over > 0 && toCome ? `, ${over} more than expected` : over > 0 ? ", not expected" : "";
  say(`${sku}: ${units.value}${words}`, over > 0);
}

function newRow(product) {
  const row = blank.content.firstElementChild.cloneNode(true);
  row.dataset.codes = JSON.stringify(product.codes);
  row.querySelector("[data-sku]").textContent = product.sku;
  row.querySelector("[data-title]").textContent = product.title;
  for (const input of row.querySelectorAll("input")) {
    input.name = input.id = input.dataset.name + product.product;
    if (input.dataset.name === "damaged") input.ariaLabel = `Damaged of ${product.sku}`;
  }
  row.querySelector("label").htmlFor = `units${product.product}`;
  page.querySelector("tbody").append(row);
  return row;
}

async function lookUp(code) {
  const query = new URLSearchParams({merchant: scan.dataset.merchant, code});
  const answer = await fetch(`${scan.dataset.lookup}?${query}`, {headers: {Accept: "application/json"}});
  return answer.json();
}

async function take(code) {
  const row = rowOf(code);
  if (row) return addOne(row);
  if (!blank) return say(`“${code}” is not on this page. Set it aside.`, true);
  try {
    const found = await lookUp(code);
    if (!found.product) return say(found.words, true);
    // A second scan of the same code may have been faster.
    return addOne(rowOf(found.codes[0]) || newRow(found));
  } catch {
    return say(`“${code}” could not be looked up. Scan it again.`, true);
  }
}

page.closest("form").addEventListener("keydown", event => {
  if (event.key !== "Enter" || !event.target.matches("input")) return;
  // A scanner ends with Enter, which must not send the page.
  event.preventDefault();
  if (event.target !== scan) return scan.focus();
  const code = scan.value.trim();
  scan.value = "";
  if (code) take(code);
});

for (const button of page.querySelectorAll("[data-all]")) {
  button.addEventListener("click", () => {
    for (const row of rows()) {
      const toCome = parseInt(row.dataset.toCome, 10) || 0;
      if (toCome) unitsOf(row).value = toCome;
    }
    say("All that is to come is filled in. Look it over, then send it.", false);
    scan.focus();
  });
}
