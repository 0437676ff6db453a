// Menus are <details data-menu>: one open at a time, closed by Escape and by a click elsewhere. Dialogs and the rail too.
import { cookie } from "./words.js";

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

function close(menu, focus) {
  menu.open = false;
  if (focus) menu.querySelector("summary")?.focus();
}

function place(menu) {
  // A panel that would leave the window on the right opens towards the left.
  const panel = menu.querySelector(".menu-panel");
  if (!panel) return;
  panel.classList.remove("is-flipped");
  if (panel.getBoundingClientRect().right > document.documentElement.clientWidth - 4) panel.classList.add("is-flipped");
}

export function startMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) close(menu, false);
    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
    const closer = event.target.closest("[data-dialog-close]");
    const dialog = closer?.closest("dialog");
    if (dialog) {
      event.preventDefault();
      dialog.close();
    }
    if (event.target.closest("[data-rail-toggle]")) {
      const root = document.documentElement;
      root.dataset.rail = root.dataset.rail === "narrow" ? "wide" : "narrow";
      cookie("rail", root.dataset.rail);
    }
  });
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("details[data-menu]") || !menu.open) return;
    for (const other of openMenus()) if (other !== menu && !other.contains(menu)) close(other, false);
    place(menu);
  }, true);
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details[data-menu][open]");
    if (event.key === "Escape") {
      if (menu) close(menu, true);
      return;
    }
    if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key) || event.target.matches("input[type=date], input[type=number], select")) return;
    const items = [...menu.querySelectorAll(".menu-item")].map((item) => (item.matches("label") ? item.querySelector("input") : item));
    if (!items.length) return;
    event.preventDefault();
    const step = event.key === "ArrowDown" ? 1 : -1;
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const body = document.getElementById("dialog-body");
    const target = event.detail?.ctx?.target;
    if (body && target === body) document.getElementById("dialog").showModal();
  });
}
