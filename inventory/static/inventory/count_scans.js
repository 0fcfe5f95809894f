// Scans are sent one after the other, each with a number of its own: one that is sent again, because
// no answer came, counts once. The field is free for the next scan at once.
const form = document.querySelector("[data-count-scans]");
const field = form.querySelector("[name=code]");
const heard = document.querySelector("[data-heard]");
const last = document.querySelector("[data-last]");
const add = document.querySelector("[data-add]");
const TRIES = 3;
const SHOWN = 20;
let queue = Promise.resolve();
let waiting = 0;
let offered = "";

function say(words, isWrong) {
  heard.hidden = false;
  heard.textContent = words;
  heard.classList.toggle("xd-warn", isWrong);
}

async function send(values) {
  for (let number = 1; ; number += 1) {
    try {
      const body = new FormData(form);
      for (const [name, value] of Object.entries(values)) body.set(name, value);
      const answer = await fetch(location.href, {method: "POST", body});
      return await answer.json();
    } catch (error) {
      if (number === TRIES) throw error;
      await new Promise(resolve => setTimeout(resolve, 500 * number));
    }
  }
}

async function take(values) {
  add.hidden = true;
  try {
    const found = await send(values);
    say(found.words, !found.line);
    if (found.can_add) {
      offered = values.code;
      add.hidden = false;
    }
    if (found.line) show(found);
  } catch {
    say(`“${values.code}” was not counted: no answer came. Look at its figure, and scan it again.`, true);
  }
  waiting -= 1;
}

function show(found) {
  const item = document.createElement("li");
  item.textContent = `${found.sku}: ${found.counted}${found.title ? ` · ${found.title}` : ""}`;
  last.prepend(item);
  while (last.children.length > SHOWN) last.lastElementChild.remove();
}

function enqueue(values) {
  waiting += 1;
  queue = queue.then(() => take({submission: newNumber(), ...values}));
}

// crypto.randomUUID is not there without HTTPS.
function newNumber() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map(byte => byte.toString(16).padStart(2, "0")).join("");
}

form.addEventListener("submit", event => {
  event.preventDefault();
  const code = field.value.trim();
  field.value = "";
  field.focus();
  if (code) enqueue({code});
});

add.addEventListener("click", () => {
  enqueue({code: offered, add: "1"});
  field.focus();
});

addEventListener("beforeunload", event => {
  if (waiting) event.preventDefault();
});
