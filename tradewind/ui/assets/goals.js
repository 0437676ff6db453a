// The tree of goals: nested lists with lines from each goal to those that serve it, also to further ones; zoom, keys, folding.
import { Board, curve } from "./board.js";

const LEFT = "left";

class GoalBoard extends Board {
  constructor(box) {
    super(box);
    // A branch that is opened further comes in as new lists: its folds, keys and lines are set up then.
    new MutationObserver(() => this.renew()).observe(this.sheet, { childList: true, subtree: true });
  }

  renew() {
    if (this.busy) return;
    this.stops = [...this.box.querySelectorAll("[data-board-go]")];
    for (const stop of this.stops) stop.tabIndex = stop === this.now ? 0 : -1;
    if (!this.stops.includes(this.now) && this.stops[0]) this.current(this.stops[0]);
    this.folds();
    this.arrange();
  }

  arrange() {
    this.busy = true;
    super.arrange();
    requestAnimationFrame(() => {
      this.busy = false;
    });
  }

  draw() {
    const sheet = this.sheet.getBoundingClientRect();
    const at = (element, side) => {
      const rect = element.getBoundingClientRect();
      return { x: Math.round((side === LEFT ? rect.left : rect.right) - sheet.left), y: Math.round(rect.top + rect.height / 2 - sheet.top) };
    };
    const seen = new Map();
    for (const node of this.box.querySelectorAll(".goal-node")) if (node.offsetParent) seen.set(node.dataset.goal, node);
    const paths = [];
    for (const node of seen.values()) {
      const above = node.closest("li").parentElement.closest("li")?.querySelector(":scope > .goal-node")?.dataset.goal;
      for (const parent of node.dataset.serves.split(" ")) {
        const from = seen.get(parent);
        if (from) paths.push({ d: curve(at(from, "right"), at(node, LEFT)), further: parent !== above });
      }
    }
    for (const { d, further } of paths) this.line(d, further ? "var(--tw-accent-ink)" : "var(--tw-line-strong)", false, further);
  }

  line(path, colour, trunk, further) {
    super.line(path, colour, trunk);
    if (further) this.lines.lastElementChild.classList.add("is-further");
  }

  // Large trees are as tall as they are: the window shows them whole and zooms only when asked.
  folds() {
    for (const button of this.box.querySelectorAll("[data-goal-fold][hidden]")) {
      const under = document.getElementById(button.getAttribute("aria-controls"));
      if (!under || under.tagName !== "UL") continue;
      button.hidden = false;
      button.addEventListener("click", () => {
        const open = button.getAttribute("aria-expanded") === "false";
        button.setAttribute("aria-expanded", String(open));
        under.hidden = !open;
        this.arrange();
      });
    }
  }
}

export function startGoals() {
  for (const box of document.querySelectorAll('[data-board="goals"]:not([data-drawn])')) {
    box.dataset.drawn = "1";
    new GoalBoard(box);
  }
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-submit-on-change]");
    form?.requestSubmit();
  });
  for (const button of document.querySelectorAll("[data-submit-plain]")) button.hidden = true;
}
