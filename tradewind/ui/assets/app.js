// The shell: htmx, Alpine, and small behaviours bound to data attributes. Every page works without it.
import "./htmx.js";
import "htmx.org/dist/ext/hx-sse.js";
import "htmx.org/dist/ext/hx-alpine-compat.js";
import Alpine from "@alpinejs/csp";
import { startMenus } from "./menus.js";
import { startPalette } from "./palette.js";
import { startLists } from "./lists.js";
import { startForms } from "./forms.js";
import { startToasts, toast } from "./toasts.js";
import { startClocks } from "./clocks.js";
import { startParts } from "./parts.js";
import { startMentions } from "./mentions.js";
import { startBoards } from "./board.js";
import { startOrgCharts } from "./orgchart.js";
import { startGoals } from "./goals.js";
import { startSheets } from "./sheet.js";

window.Alpine = Alpine;
Alpine.data("disclosure", () => ({
  open: false,
  toggle() {
    this.open = !this.open;
  },
}));
Alpine.start();

startMenus();
startPalette();
startLists();
startForms();
startToasts();
startClocks();
startParts();
startMentions();
startBoards();
startOrgCharts();
startGoals();
startSheets();

document.addEventListener("htmx:error", (event) => {
  // A swapped error page explains itself; only a dead connection needs a word.
  if (!event.detail?.ctx?.response) toast(document.getElementById("words")?.dataset.failed ?? "", "error");
});
