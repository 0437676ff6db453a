// Behind an @ in a comment: people who may see the record, offered by the server; chosen by click, arrows and Enter.
let box = null;
let field = null;
let asked = 0;

function shut() {
  box?.remove();
  box = field = null;
}

function wordAt(area) {
  const before = area.value.slice(0, area.selectionStart);
  const at = Math.max(before.lastIndexOf("@"), before.lastIndexOf("＠"));
  if (at < 0 || /[\n@＠]/.test(before.slice(at + 1)) || before.length - at > 40) return null;
  return { start: at, text: before.slice(at + 1) };
}

async function offer(area) {
  const word = wordAt(area);
  if (!word) return shut();
  const mine = ++asked;
  const url = new URL(area.dataset.mentions, location.href);
  url.searchParams.set("q", word.text);
  const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (mine !== asked || !answer.ok) return;
  const html = await answer.text();
  if (!html.includes("data-mention")) return shut();
  if (!box) {
    box = document.createElement("div");
    box.className = "mention-list menu-panel";
    box.setAttribute("role", "listbox");
    area.after(box);
  }
  field = area;
  box.innerHTML = html;
  mark(0);
}

function mark(index) {
  const options = [...box.querySelectorAll("[data-mention]")];
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
}

function take(option) {
  const word = wordAt(field);
  if (!word) return shut();
  const name = `@${option.dataset.mention} `;
  field.setRangeText(name, word.start, field.selectionStart, "end");
  field.focus();
  shut();
}

export function startMentions() {
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("textarea[data-mentions]")) offer(event.target);
  });
  document.addEventListener("click", (event) => {
    const option = event.target.closest?.("[data-mention]");
    if (option && box) take(option);
    else if (box && !box.contains(event.target)) shut();
  });
  document.addEventListener("keydown", (event) => {
    if (!box || event.target !== field) return;
    const options = [...box.querySelectorAll("[data-mention]")];
    const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "Escape") shut();
    else if (event.key === "Enter" || event.key === "Tab") take(options[Math.max(now, 0)]);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") mark((now + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
}
