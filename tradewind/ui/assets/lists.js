// Lists: ticked rows, column choice, whole-row clicks, quick view, live search, long reference filters.
import TomSelect from "tom-select/dist/esm/tom-select.complete.js";
import { onFresh, words } from "./words.js";

function bulk(form) {
  const boxes = [...form.querySelectorAll("[data-bulk-row]")];
  const bar = form.querySelector("[data-bulk-bar]");
  const all = form.querySelector("[data-bulk-all]");
  if (!bar) return;
  const ticked = boxes.filter((box) => box.checked).length;
  bar.hidden = ticked === 0;
  form.querySelector("[data-bulk-count]").textContent = String(ticked);
  if (all) {
    all.checked = ticked === boxes.length && ticked > 0;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
}

function tick(event) {
  const form = event.target.closest("[data-bulk-form]");
  if (!form) return;
  if (event.target.matches("[data-bulk-all]")) for (const box of form.querySelectorAll("[data-bulk-row]")) box.checked = event.target.checked;
  bulk(form);
}

function choosePicker(select) {
  if (select.tomselect) return;
  const label = select.getAttribute("aria-label") ?? select.labels?.[0]?.firstChild?.textContent?.trim() ?? "";
  const remote = select.dataset.options;
  const base = { plugins: select.multiple ? ["remove_button"] : [], maxOptions: 500, allowEmptyOption: true, render: { no_results: () => `<div class="no-results">${words().nothing ?? ""}</div>` } };
  const load = (text, done) => fetch(`${remote}&q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } }).then((answer) => answer.json()).then((data) => done(data.rows), () => done());
  const picker = new TomSelect(select, remote ? { ...base, valueField: "value", labelField: "text", searchField: [], preload: "focus", load } : base);
  // The hidden original and the visible input both need the field's name.
  select.setAttribute("aria-label", label);
  picker.control_input.setAttribute("aria-label", label);
}

function pickColumns(box) {
  const names = [...box.querySelectorAll("input[type=checkbox]:checked")].map((item) => item.value);
  const form = box.closest("form");
  for (const old of form.querySelectorAll("input[name=cols]:not([data-columns-value])")) old.remove();
  const value = box.querySelector("[data-columns-value]");
  value.disabled = names.length === 0;
  value.value = names.join(",");
}

function closePeek() {
  const peek = document.getElementById("peek");
  if (!peek || peek.hidden) return false;
  peek.hidden = true;
  peek.replaceChildren();
  document.querySelector("tr.is-peeked")?.classList.remove("is-peeked");
  return true;
}

export function startLists() {
  document.addEventListener("change", (event) => {
    tick(event);
    const box = event.target.closest?.("[data-columns]");
    if (box) pickColumns(box);
  }, true);
  let wait;
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-list-search]")) return;
    clearTimeout(wait);
    wait = setTimeout(() => event.target.form?.requestSubmit(), 300);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-peek-close]")) closePeek();
    if (event.target.closest("[data-filters-toggle]")) {
      const root = document.documentElement;
      root.dataset.filters = root.dataset.filters === "open" ? "" : "open";
    }
    const none = event.target.closest("[data-bulk-none]");
    if (none) {
      const form = none.closest("[data-bulk-form]");
      for (const box of form.querySelectorAll("[data-bulk-row]")) box.checked = false;
      bulk(form);
    }
    const ask = event.target.closest("[data-confirm]");
    if (ask && !window.confirm(ask.dataset.confirm)) event.preventDefault();
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, summary, select") || String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else location.assign(row.dataset.href);
  });
  document.addEventListener("auxclick", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (event.button === 1 && row && !event.target.closest("a, button")) window.open(row.dataset.href, "_blank", "noopener");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.target.closest?.("dialog, details[open]")) closePeek();
  });
  document.addEventListener("htmx:config:request", (event) => {
    // Empty controls stay out of the address, so that it says only what is in force.
    const form = event.detail?.ctx?.sourceElement;
    if (!form?.matches?.("[data-clean]")) return;
    const body = event.detail.ctx.request.body;
    if (!body?.delete) return;
    for (const [name, value] of [...body.entries()]) if (value === "") body.delete(name);
    for (const box of form.querySelectorAll("[data-columns] input[type=checkbox]")) if (!box.name) continue;
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail?.ctx?.target;
    if (target?.id === "peek") {
      target.hidden = false;
      document.querySelector("tr.is-peeked")?.classList.remove("is-peeked");
      event.detail.ctx.sourceElement?.closest?.("tr")?.classList.add("is-peeked");
      target.querySelector("[data-peek-close]")?.focus();
    }
  });
  document.addEventListener("htmx:before:swap", (event) => {
    if (event.detail?.ctx?.target?.id !== "list") return;
    // The search box keeps what is being typed, and its focus, while the rows below it are replaced.
    const box = document.activeElement?.matches?.("[data-list-search]") ? document.activeElement : null;
    if (!box) return;
    const { value, selectionStart, selectionEnd } = box;
    document.addEventListener("htmx:after:swap", () => {
      const fresh = document.querySelector("[data-list-search]");
      if (!fresh) return;
      fresh.value = value;
      fresh.focus();
      fresh.setSelectionRange(selectionStart, selectionEnd);
    }, { once: true });
  });
  onFresh((root) => {
    for (const select of root.querySelectorAll("select[data-select]")) choosePicker(select);
    for (const form of root.querySelectorAll("[data-bulk-form]")) bulk(form);
  });
}
