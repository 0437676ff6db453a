// Boards: lines from a hub to its branches and leaves, zoom, drag, arrow keys, and folding on a narrow screen.
const NARROW = matchMedia("(max-width: 900px)");
const SVG = "http://www.w3.org/2000/svg";

export function curve(from, to) {
  const bend = (to.x - from.x) / 2;
  return `M${from.x} ${from.y}C${from.x + bend} ${from.y} ${to.x - bend} ${to.y} ${to.x} ${to.y}`;
}

export class Board {
  constructor(box) {
    this.box = box;
    this.view = box.querySelector("[data-board-window]");
    this.sheet = box.querySelector("[data-board-sheet]");
    this.lines = box.querySelector("[data-board-lines]");
    this.stops = [...box.querySelectorAll("[data-board-go]")];
    this.scale = 1;
    this.x = this.y = 0;
    box.querySelector("[data-board-tools]").hidden = false;
    this.keys();
    this.folds();
    this.zooms();
    new ResizeObserver(() => this.arrange()).observe(box);
    NARROW.addEventListener("change", () => this.arrange());
  }

  // Where an element's edge is on the sheet, which must not be zoomed now.
  edge(element, where) {
    const sheet = this.sheet.getBoundingClientRect();
    const rect = element.getBoundingClientRect();
    const x = where === "left" ? rect.left : where === "right" ? rect.right : rect.left + rect.width / 2;
    return { x: Math.round(x - sheet.left), y: Math.round(rect.top + rect.height / 2 - sheet.top), half: rect.width / 2 };
  }

  // Zooming moves smoothly: measured half-way, everything would lie elsewhere.
  arrange() {
    this.sheet.style.transition = "none";
    this.sheet.style.transform = "none";
    this.lines.replaceChildren();
    if (!NARROW.matches) this.draw();
    this.apply();
    this.sheet.getBoundingClientRect();
    this.sheet.style.transition = "";
  }

  draw() {
    const root = this.edge(this.box.querySelector("[data-board-root]"));
    for (const branch of this.box.querySelectorAll("[data-board-branch]")) {
      const left = branch.dataset.boardBranch === "left";
      const head = branch.querySelector("[data-board-node]");
      const colour = getComputedStyle(branch).getPropertyValue("--branch");
      const inner = this.edge(head, left ? "right" : "left");
      const turn = Math.atan2(inner.y - root.y, inner.x - root.x);
      const start = { x: Math.round(root.x + Math.cos(turn) * root.half * 0.96), y: Math.round(root.y + Math.sin(turn) * root.half * 0.96) };
      this.line(curve(start, inner), colour, true);
      const outer = this.edge(head, left ? "left" : "right");
      for (const leaf of branch.querySelectorAll("[data-board-leaf]")) this.line(curve(outer, this.edge(leaf, left ? "right" : "left")), colour);
    }
  }

  line(path, colour, trunk = false) {
    const drawn = document.createElementNS(SVG, "path");
    drawn.setAttribute("d", path);
    drawn.setAttribute("stroke", colour);
    if (trunk) drawn.classList.add("is-trunk");
    this.lines.append(drawn);
  }

  // zoom and drag

  apply() {
    const plain = NARROW.matches || (this.scale === 1 && !this.x && !this.y);
    this.sheet.style.transform = plain ? "" : `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.view.style.height = plain ? "" : `${Math.round(this.sheet.offsetHeight * Math.min(1, this.scale))}px`;
    this.view.classList.toggle("is-zoomed", !plain);
  }

  zoom(to, at) {
    const box = this.view.getBoundingClientRect();
    const point = at ?? { x: box.width / 2, y: Math.min(box.height, innerHeight) / 2 };
    const next = Math.min(2.5, Math.max(0.4, to));
    this.x = point.x - ((point.x - this.x) / this.scale) * next;
    this.y = point.y - ((point.y - this.y) / this.scale) * next;
    this.scale = next;
    this.clamp();
  }

  clamp() {
    const width = this.view.clientWidth;
    const height = this.sheet.offsetHeight * Math.min(1, this.scale);
    const keep = (value, whole, seen) => (whole <= seen ? (seen - whole) / 2 : Math.min(0, Math.max(seen - whole, value)));
    this.x = keep(this.x, this.sheet.offsetWidth * this.scale, width);
    this.y = keep(this.y, this.sheet.offsetHeight * this.scale, height);
    this.apply();
  }

  fit() {
    this.scale = Math.min(1, (innerHeight - 200) / this.sheet.offsetHeight);
    this.x = this.y = 0;
    this.clamp();
    this.box.scrollIntoView({ block: "nearest" });
  }

  zooms() {
    this.box.addEventListener("click", (event) => {
      const how = event.target.closest("[data-board-zoom]")?.dataset.boardZoom;
      if (how === "in") this.zoom(this.scale * 1.25);
      if (how === "out") this.zoom(this.scale / 1.25);
      if (how === "fit") this.fit();
      if (how === "one") this.zoom(1);
    });
    this.view.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = this.view.getBoundingClientRect();
      this.zoom(this.scale * Math.exp(-event.deltaY / 300), { x: event.clientX - box.left, y: event.clientY - box.top });
    }, { passive: false });
    this.view.addEventListener("pointerdown", (event) => {
      if (event.button || NARROW.matches || this.scale <= 1 || event.target.closest("a, button")) return;
      this.grip = { x: event.clientX - this.x, y: event.clientY - this.y };
      this.view.setPointerCapture(event.pointerId);
      this.view.classList.add("is-moving");
    });
    this.view.addEventListener("pointermove", (event) => {
      if (!this.grip) return;
      this.x = event.clientX - this.grip.x;
      this.y = event.clientY - this.grip.y;
      this.clamp();
    });
    for (const end of ["pointerup", "pointercancel"]) this.view.addEventListener(end, () => {
      this.grip = null;
      this.view.classList.remove("is-moving");
    });
  }

  // arrow keys

  keys() {
    for (const stop of this.stops) stop.tabIndex = -1;
    this.current(this.stops[0]);
    this.box.addEventListener("focusin", (event) => {
      if (!this.stops.includes(event.target)) return;
      this.current(event.target);
      this.reveal(event.target);
    });
    this.box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (["+", "="].includes(event.key)) this.zoom(this.scale * 1.25);
      else if (event.key === "-") this.zoom(this.scale / 1.25);
      else if (event.key === "0") this.zoom(1);
      else if (event.key === "Home") this.stops[0].focus();
      else if (event.key === "End") this.stops.at(-1).focus();
      else if (event.key.startsWith("Arrow") && this.stops.includes(event.target)) this.next(event.target, event.key.slice(5))?.focus();
      else return;
      event.preventDefault();
    });
  }

  current(stop) {
    if (this.now) this.now.tabIndex = -1;
    this.now = stop;
    stop.tabIndex = 0;
  }

  // The nearest stop that lies more in the key's direction than beside it.
  next(from, way) {
    const centre = (element) => {
      const rect = element.getBoundingClientRect();
      return { x: rect.left + rect.width / 2, y: rect.top + rect.height / 2 };
    };
    const here = centre(from);
    const flat = way === "Left" || way === "Right";
    const sign = way === "Left" || way === "Up" ? -1 : 1;
    let best = null;
    let least = Infinity;
    for (const stop of this.stops) {
      if (stop === from || !stop.offsetParent) continue;
      const there = centre(stop);
      const along = sign * (flat ? there.x - here.x : there.y - here.y);
      const aside = Math.abs(flat ? there.y - here.y : there.x - here.x);
      if (along < 4 || (!flat && aside > 200)) continue;
      const cost = flat ? along + aside * 2 : along + aside;
      if (cost < least) [best, least] = [stop, cost];
    }
    return best;
  }

  reveal(stop) {
    if (this.scale <= 1) return;
    const box = this.view.getBoundingClientRect();
    const rect = stop.getBoundingClientRect();
    if (rect.left < box.left || rect.right > box.right) this.x += box.left + box.width / 2 - (rect.left + rect.width / 2);
    if (rect.top < box.top || rect.bottom > box.bottom) this.y += box.top + box.height / 2 - (rect.top + rect.height / 2);
    this.clamp();
  }

  // narrow screens: branches fold, and those without anything counted start folded

  folds() {
    for (const button of this.box.querySelectorAll("[data-board-fold]")) {
      const limbs = document.getElementById(button.getAttribute("aria-controls"));
      const set = (open) => {
        button.setAttribute("aria-expanded", String(open));
        limbs.hidden = NARROW.matches && !open;
      };
      const quiet = !limbs.querySelector(".map-leaf:not(.leaf-planned):not(.is-dim)");
      const settle = () => set(!(NARROW.matches && quiet));
      button.addEventListener("click", () => set(button.getAttribute("aria-expanded") === "false"));
      NARROW.addEventListener("change", settle);
      settle();
    }
  }
}

export function startBoards() {
  for (const box of document.querySelectorAll('[data-board=""]:not([data-drawn])')) {
    box.dataset.drawn = "1";
    new Board(box);
  }
}
