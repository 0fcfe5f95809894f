// Each scan adds one unit of its product to the lines of the form; the merchant is chosen before.
const form = document.querySelector("[data-lines-form]");
const scan = form.querySelector("[data-scan-text]");
const heard = form.querySelector("[data-heard]");
const text = form.querySelector("[name=lines]");
const merchant = form.querySelector("[name=merchant]");

function say(words, isWrong) {
  heard.hidden = false;
  heard.textContent = words;
  heard.classList.toggle("xd-warn", isWrong);
}

function addOne(sku) {
  const lines = text.value.split("\n").filter(line => line.trim());
  const place = lines.findIndex(line => line.replace(/[\s,;]+\d+\s*$/, "").trim() === sku);
  const before = place < 0 ? 0 : parseInt(lines[place].match(/(\d+)\s*$/)?.[1] ?? "0", 10);
  lines[place < 0 ? lines.length : place] = `${sku} ${before + 1}`;
  text.value = lines.join("\n");
  say(`${sku}: ${before + 1}`, false);
}

async function take(code) {
  const query = new URLSearchParams({merchant: merchant.value, code});
  try {
    const answer = await fetch(`${scan.dataset.lookup}?${query}`);
    const found = await answer.json();
    if (found.product) addOne(found.sku);
    else say(found.words, true);
  } catch {
    say(`“${code}” could not be looked up. Scan it again.`, true);
  }
}

scan.addEventListener("keydown", event => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const code = scan.value.trim();
  scan.value = "";
  if (code) take(code);
});
