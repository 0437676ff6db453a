// The command palette: / or Ctrl-K; arrows move, Enter opens.
import { words, say } from "./words.js";

const dialog = () => document.getElementById("palette");
const input = () => document.getElementById("palette-input");
const options = () => [...document.querySelectorAll("#palette-results [role=option]")];
let chosen = 0;

function mark(place) {
  const all = options();
  chosen = all.length ? (place + all.length) % all.length : 0;
  all.forEach((item, index) => {
    item.id = `palette-option-${index}`;
    item.setAttribute("aria-selected", String(index === chosen));
  });
  if (!all.length) return input()?.removeAttribute("aria-activedescendant");
  input().setAttribute("aria-activedescendant", all[chosen].id);
  all[chosen].scrollIntoView({ block: "nearest" });
}

function open() {
  if (!dialog() || dialog().open) return;
  dialog().showModal();
  input().value = "";
  input().focus();
  window.htmx.trigger(input(), "palette:open");
}

export function startPalette() {
  if (!dialog()) return;
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette-open]")) open();
    if (event.target === dialog()) dialog().close();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable=true], .ts-control");
    if ((event.key === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey)) {
      event.preventDefault();
      open();
    }
  });
  input().addEventListener("keydown", (event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) {
      event.preventDefault();
      mark(chosen + moves[event.key]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      options()[chosen]?.click();
    }
  });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail?.ctx?.target?.id !== "palette-results") return;
    mark(0);
    if (!options().length && input().value) say(words().nothing ?? "");
  });
}
