// Forms: unsaved changes are kept and warned about, Ctrl-Enter saves, the error summary gets the focus.
import { words } from "./words.js";

const key = (form) => `draft:${location.pathname}:${form.action}`;
const plainInputs = (form) => [...form.elements].filter((item) => item.name && !["hidden", "password", "file", "submit", "button"].includes(item.type));

function values(form) {
  return Object.fromEntries(plainInputs(form).filter((item) => item.type !== "radio" || item.checked)
    .map((item) => [item.name + (item.type === "checkbox" ? `=${item.value}` : ""), item.type === "checkbox" ? item.checked : item.multiple ? [...item.selectedOptions].map((option) => option.value) : item.value]));
}

function restore(form, draft) {
  for (const item of plainInputs(form)) {
    const name = item.name + (item.type === "checkbox" ? `=${item.value}` : "");
    if (!(name in draft)) continue;
    if (item.type === "checkbox") item.checked = draft[name];
    else if (item.type === "radio") item.checked = item.value === draft[name];
    else if (item.multiple) for (const option of item.options) option.selected = draft[name].includes(option.value);
    else item.value = draft[name];
    item.tomselect?.sync();
  }
}

function notice(form, first) {
  const line = document.createElement("div");
  line.className = "draft-note";
  line.setAttribute("role", "status");
  const text = document.createElement("span");
  text.textContent = words().restored ?? "";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm";
  button.textContent = words().discard ?? "";
  button.addEventListener("click", () => {
    restore(form, first);
    sessionStorage.removeItem(key(form));
    form.dataset.dirty = "";
    line.remove();
  });
  line.append(text, button);
  form.prepend(line);
}

function guard(form) {
  if (form.dataset.guarded) return;
  form.dataset.guarded = "1";
  const first = values(form);
  const same = () => JSON.stringify(values(form)) === JSON.stringify(first);
  const answered = form.querySelector("[data-errors]");
  const kept = sessionStorage.getItem(key(form));
  if (kept && !answered) {
    const draft = JSON.parse(kept);
    // A draft belongs to the version it was typed on; over a newer one the conflict screen decides.
    if (draft.version === (form.elements.version?.value ?? "")) {
      restore(form, draft.values);
      form.dataset.dirty = same() ? "" : "1";
      if (form.dataset.dirty) notice(form, first);
    }
  }
  if (answered) form.dataset.dirty = "1";
  form.addEventListener("input", () => {
    form.dataset.dirty = same() ? "" : "1";
    if (form.dataset.dirty) sessionStorage.setItem(key(form), JSON.stringify({ version: form.elements.version?.value ?? "", values: values(form) }));
    else sessionStorage.removeItem(key(form));
  });
  form.addEventListener("submit", () => {
    form.dataset.dirty = "";
    sessionStorage.removeItem(key(form));
  });
  form.querySelector("[data-leave]")?.addEventListener("click", (event) => {
    if (form.dataset.dirty && !window.confirm(words().leave)) event.preventDefault();
    else {
      form.dataset.dirty = "";
      sessionStorage.removeItem(key(form));
    }
  });
}

export function startForms() {
  for (const form of document.querySelectorAll("form[data-guard]")) guard(form);
  document.querySelector("[data-errors]")?.focus();
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty='1']")) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const form = event.target.form ?? event.target.closest?.("form");
    if (form?.method === "post") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  document.addEventListener("submit", (event) => {
    // A second click on a slow line must not send twice.
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
}
