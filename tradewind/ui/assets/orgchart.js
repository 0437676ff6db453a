// Org charts: a tree drawn from left to right, of which only what is in sight stands in the page. Rows come as
// [parent row, is a team, id, name, title, country, zone, working, teams, mark, share, leads, people below],
// names kept once.
import { onFresh, say } from "./words.js";

const NARROW = matchMedia("(max-width: 900px)");
const WIDE = 228, HIGH = 62, GAP = 12, STEP = 292, EDGE = 24;
const OPEN_AT_ONCE = 60;
const formats = new Map();

function clock(zone) {
  try {
    if (!formats.has(zone)) formats.set(zone, new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }));
    return formats.get(zone).format(new Date());
  } catch {
    return "";
  }
}

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

class OrgChart {
  constructor(box) {
    this.box = box;
    this.words = box.dataset;
    this.frame = box.querySelector("[data-oc-window]");
    this.space = box.querySelector("[data-oc-space]");
    this.layer = box.querySelector("[data-oc-layer]");
    this.lines = box.querySelector("[data-oc-lines]");
    this.data = JSON.parse(document.getElementById(this.words.orgchart).textContent);
    this.cards = new Map();
    this.scale = 1;
    this.small = box.classList.contains("oc-side");
    [this.wide, this.step] = this.small ? [176, 212] : [WIDE, STEP];
    this.read();
    this.listen();
    const settle = () => this.settle();
    NARROW.addEventListener("change", settle);
    settle();
  }

  // What was sent, as a tree; of a great one only the roots start open.
  read() {
    this.nodes = this.data.rows.map((row, at) => ({ at, row, up: row[0], kids: [], open: true, under: row[12] }));
    for (const node of this.nodes) if (node.up >= 0) this.nodes[node.up].kids.push(node.at);
    this.roots = this.nodes.filter((node) => node.up < 0).map((node) => node.at);
    for (const node of this.nodes) node.depth = node.up >= 0 ? this.nodes[node.up].depth + 1 : 0;
    if (this.nodes.length > OPEN_AT_ONCE) {
      let shown = this.roots.length;
      for (const node of this.nodes) {
        node.open = node.depth === 0 && this.roots.length < 40 && shown < 200;
        if (node.open) shown += node.kids.length;
      }
    }
    this.now = this.roots[0] ?? -1;
  }

  settle() {
    const picture = !NARROW.matches && this.words.view !== "list";
    this.box.querySelector("[data-oc-picture]").hidden = !picture;
    const list = this.box.querySelector("[data-oc-list]");
    if (list) list.hidden = picture;
    if (picture && !this.laid) {
      this.arrange();
      if (this.small) this.shrink();
      else this.centre(this.now, "start");
    }
  }

  // A small picture is as high as it needs to be, and all of it is seen where that stays readable.
  shrink() {
    this.zoom(Math.max(0.6, Math.min(1, this.frame.clientWidth / this.width)));
    this.frame.style.height = `${Math.min(420, Math.max(110, this.height * this.scale + 20))}px`;
    this.draw();
  }

  // Where everything lies: leaves one under the other, who has some beside the middle of them.
  arrange() {
    const begun = performance.now();
    let down = EDGE;
    let right = 0;
    this.laid = [];
    const place = (at, depth) => {
      const node = this.nodes[at];
      node.x = EDGE + depth * this.step;
      right = Math.max(right, node.x);
      this.laid.push(node);
      if (!node.open || !node.kids.length) {
        node.y = down;
        down += HIGH + GAP;
        return;
      }
      for (const kid of node.kids) place(kid, depth + 1);
      const first = this.nodes[node.kids[0]];
      const last = this.nodes[node.kids[node.kids.length - 1]];
      node.y = (first.y + last.y) / 2;
    };
    for (const root of this.roots) place(root, 0);
    this.width = right + this.wide + EDGE;
    this.height = down + EDGE - GAP;
    this.there = new Set(this.laid.map((node) => node.at));
    this.stretch();
    this.draw(true);
    this.box.dataset.drawnMs = (performance.now() - begun).toFixed(1);
  }

  stretch() {
    this.space.style.width = `${Math.ceil(this.width * this.scale)}px`;
    this.space.style.height = `${Math.ceil(this.height * this.scale)}px`;
    this.layer.style.transform = `scale(${this.scale})`;
    this.frame.classList.toggle("is-far", this.scale < 0.5);
  }

  // Only cards in sight, and a little around, are in the page.
  draw(fresh = false) {
    const reach = 200;
    const left = this.frame.scrollLeft / this.scale - reach;
    const top = this.frame.scrollTop / this.scale - reach;
    const right = left + this.frame.clientWidth / this.scale + 2 * reach;
    const bottom = top + this.frame.clientHeight / this.scale + 2 * reach;
    const seen = new Set();
    let solid = "";
    for (const node of this.laid) {
      const inside = node.x + this.wide > left && node.x < right && node.y + HIGH > top && node.y < bottom;
      if (inside || node.at === this.now) seen.add(node.at);
      const up = this.nodes[node.up];
      if (up && Math.max(node.y, up.y) + HIGH > top && Math.min(node.y, up.y) < bottom && node.x > left && up.x < right) solid += this.curve(up, node);
    }
    for (const [at, card] of this.cards) {
      if (seen.has(at)) continue;
      if (card.contains(document.activeElement)) this.frame.focus({ preventScroll: true });
      card.remove();
      this.cards.delete(at);
    }
    for (const at of seen) {
      if (!this.cards.has(at)) {
        const card = this.card(this.nodes[at]);
        this.cards.set(at, card);
        this.layer.append(card);
      }
      if (fresh || !this.cards.get(at).style.transform) this.cards.get(at).style.transform = `translate(${this.nodes[at].x}px, ${this.nodes[at].y}px)`;
      if (fresh) this.state(this.nodes[at]);
    }
    let dots = "";
    for (const [one, boss] of this.data.dotted) if (this.there.has(one) && this.there.has(boss)) dots += this.curve(this.nodes[boss], this.nodes[one], true);
    const [plain, dotted] = this.lines.children;
    plain.setAttribute("d", solid);
    dotted.setAttribute("d", dots);
  }

  curve(up, node, dotted = false) {
    const shift = dotted ? 12 : 0;
    const x1 = up.x + this.wide, y1 = up.y + HIGH / 2 + shift, x2 = node.x, y2 = node.y + HIGH / 2 + shift;
    if (dotted && x2 <= x1) return `M${x1} ${y1}C${x1 + 60} ${y1} ${x1 + 60} ${y2} ${node.x + this.wide} ${y2}`;
    const bend = (x2 - x1) / 2;
    return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  }

  card(node) {
    const [, team, id, name, title, country, zone, working, teams, mark, share, leads] = node.row;
    const card = make("div", `oc-card${team ? " is-team" : ""}${mark ? ` is-${mark}` : ""}${leads ? " is-lead" : ""}`);
    card.dataset.at = node.at;
    card.tabIndex = node.at === this.now ? 0 : -1;
    card.setAttribute("role", "treeitem");
    card.setAttribute("aria-level", String(node.depth + 1));
    const head = make("div", "oc-head");
    const url = team ? this.words.teamUrl : this.words.personUrl;
    const called = id ? make("a", "oc-name", name) : make("span", "oc-name", name);
    if (id) {
      called.href = url.replace("/0/", `/${id}/`);
      called.tabIndex = -1;
    }
    called.title = name;
    if (working >= 0) {
      const dot = make("span", `oc-dot${working ? " is-on" : ""}`);
      dot.title = working ? this.words.on : this.words.off;
      dot.append(make("span", "visually-hidden", dot.title));
      head.append(dot);
    }
    head.append(called);
    if (mark === "moved") head.append(Object.assign(make("span", "oc-flag", this.small ? "→" : this.words.moved), { title: this.words.moved }));
    else if (leads) head.append(make("span", "oc-flag", this.words.lead));
    card.append(head);
    const second = team ? title : share < 100 ? `${title ? `${title} · ` : ""}${share} %` : title;
    if (second) card.append(Object.assign(make("div", "oc-title", second), { title: second }));
    const where = team ? `${this.words.people}: ${node.under}` : [this.data.countries[country], this.words.live ? clock(this.data.zones[zone]) : ""].filter(Boolean).join(" · ");
    const last = make("div", "oc-meta", where);
    const groups = team ? "" : teams.map((one) => this.data.teams[one]).filter(Boolean).join(", ");
    if (groups) last.append(Object.assign(make("span", "oc-teams", `${where ? " · " : ""}${groups}`), { title: groups }));
    card.append(last);
    if (node.kids.length) {
      const fold = make("button", "oc-fold");
      fold.type = "button";
      fold.tabIndex = -1;
      fold.setAttribute("aria-hidden", "true"); // the card itself says whether it is open, and the space key folds it
      card.append(fold);
    }
    this.cards.set(node.at, card);
    this.state(node);
    return card;
  }

  state(node) {
    const card = this.cards.get(node.at);
    if (!node.kids.length) return;
    card.setAttribute("aria-expanded", String(node.open));
    const fold = card.querySelector(".oc-fold");
    fold.textContent = node.open ? "−" : `+${node.under || node.kids.length}`;
    fold.title = node.open ? this.words.fold : this.words.unfold;
  }

  // moving

  centre(at, how = "middle") {
    const node = this.nodes[at];
    if (!node) return;
    const { clientWidth, clientHeight } = this.frame;
    this.frame.scrollLeft = how === "start" ? 0 : (node.x + this.wide / 2) * this.scale - clientWidth / 2;
    this.frame.scrollTop = (node.y + HIGH / 2) * this.scale - clientHeight / 2;
    this.draw();
  }

  zoom(to, at) {
    const next = Math.min(1.6, Math.max(0.12, to));
    const point = at ?? { x: this.frame.clientWidth / 2, y: this.frame.clientHeight / 2 };
    const x = (this.frame.scrollLeft + point.x) / this.scale;
    const y = (this.frame.scrollTop + point.y) / this.scale;
    this.scale = next;
    this.stretch();
    this.frame.scrollLeft = x * next - point.x;
    this.frame.scrollTop = y * next - point.y;
    this.draw();
  }

  fit() {
    this.zoom(Math.min(1, this.frame.clientWidth / this.width, this.frame.clientHeight / this.height));
  }

  // Folding keeps the card that was pressed where it is on the screen.
  fold(node, open) {
    if (!node.kids.length) return;
    const held = node.y * this.scale - this.frame.scrollTop;
    node.open = open ?? !node.open;
    this.arrange();
    this.frame.scrollTop = node.y * this.scale - held;
    this.draw();
  }

  all(open) {
    for (const node of this.nodes) node.open = open || node.depth === 0;
    this.arrange();
    this.centre(this.there.has(this.now) ? this.now : this.roots[0]);
  }

  focus(at, jump = false) {
    for (let up = this.nodes[at].up; up >= 0; up = this.nodes[up].up) if (!this.nodes[up].open) [this.nodes[up].open, this.laid] = [true, null];
    const old = this.cards.get(this.now);
    if (old) old.tabIndex = -1;
    this.now = at;
    if (!this.laid) this.arrange();
    const node = this.nodes[at];
    const x = node.x * this.scale - this.frame.scrollLeft;
    const y = node.y * this.scale - this.frame.scrollTop;
    if (jump || x < 0 || y < 0 || x + this.wide * this.scale > this.frame.clientWidth || y + HIGH * this.scale > this.frame.clientHeight) this.centre(at);
    else this.draw();
    const card = this.cards.get(at);
    card.tabIndex = 0;
    card.focus({ preventScroll: true });
  }

  // The next card up or down in the same column, else the nearest in it.
  beside(node, way) {
    let best = null;
    for (const other of this.laid) {
      const far = (other.y - node.y) * way;
      if (other.x === node.x && far > 0 && (!best || far < (best.y - node.y) * way)) best = other;
    }
    return best;
  }

  key(event) {
    const at = Number(event.target.closest(".oc-card")?.dataset.at ?? this.now);
    const node = this.nodes[at];
    if (!node || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input")) return;
    const go = {
      ArrowUp: () => this.beside(node, -1),
      ArrowDown: () => this.beside(node, 1),
      ArrowLeft: () => this.nodes[node.up],
      ArrowRight: () => (node.kids.length ? (node.open ? this.nodes[node.kids[0]] : this.fold(node, true)) : null),
      Home: () => this.nodes[this.roots[0]],
    }[event.key];
    if (go) {
      const next = go();
      this.focus((next ?? node).at);
    } else if (event.key === "Enter" && event.target.classList.contains("oc-card")) event.target.querySelector("a.oc-name")?.click();
    else if (event.key === " " && !event.target.closest("button")) {
      this.fold(node);
      this.focus(at);
    } else if (event.key === "+" || event.key === "=") this.zoom(this.scale * 1.25);
    else if (event.key === "-") this.zoom(this.scale / 1.25);
    else if (event.key === "0") this.zoom(1);
    else return;
    event.preventDefault();
  }

  listen() {
    let asked = 0;
    this.frame.addEventListener("scroll", () => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(() => this.laid && this.draw());
    });
    new ResizeObserver(() => this.laid && !this.box.querySelector("[data-oc-picture]").hidden && this.draw()).observe(this.frame);
    this.frame.addEventListener("keydown", (event) => this.key(event));
    this.frame.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = this.frame.getBoundingClientRect();
      this.zoom(this.scale * Math.exp(-event.deltaY / 300), { x: event.clientX - box.left, y: event.clientY - box.top });
    }, { passive: false });
    this.box.addEventListener("click", (event) => {
      const how = event.target.closest("[data-oc-do]")?.dataset.ocDo;
      if (how === "in") this.zoom(this.scale * 1.25);
      if (how === "out") this.zoom(this.scale / 1.25);
      if (how === "fit") this.fit();
      if (how === "open") this.all(true);
      if (how === "close") this.all(false);
      if (event.target.closest(".oc-fold")) {
        const at = Number(event.target.closest(".oc-card").dataset.at);
        this.fold(this.nodes[at]);
        this.focus(at);
      }
    });
    this.drag();
    this.search();
  }

  drag() {
    this.frame.addEventListener("pointerdown", (event) => {
      if (event.button || event.pointerType === "touch" || event.target.closest("a, button, .oc-card")) return;
      this.grip = { x: event.clientX + this.frame.scrollLeft, y: event.clientY + this.frame.scrollTop };
      this.frame.setPointerCapture(event.pointerId);
      this.frame.classList.add("is-moving");
    });
    this.frame.addEventListener("pointermove", (event) => {
      if (!this.grip) return;
      this.frame.scrollLeft = this.grip.x - event.clientX;
      this.frame.scrollTop = this.grip.y - event.clientY;
    });
    for (const end of ["pointerup", "pointercancel"]) this.frame.addEventListener(end, () => {
      this.grip = null;
      this.frame.classList.remove("is-moving");
    });
  }

  // Typing finds people and teams in the picture; a choice jumps there.
  search() {
    const input = this.box.querySelector("[data-oc-search]");
    if (!input) return;
    const list = this.box.querySelector("[data-oc-found]");
    const jump = (at) => {
      list.hidden = true;
      this.focus(at, true);
      const card = this.cards.get(at);
      card.classList.add("is-found");
      setTimeout(() => card.classList.remove("is-found"), 2500);
      say(this.nodes[at].row[3]);
    };
    input.addEventListener("input", () => {
      const wanted = folded(input.value.trim());
      list.replaceChildren();
      list.hidden = !wanted;
      if (!wanted) return;
      const starts = [], inside = [];
      for (const node of this.nodes) {
        const name = folded(node.row[3]);
        if (name.startsWith(wanted)) starts.push(node);
        else if (name.includes(wanted) || folded(node.row[4]).includes(wanted)) inside.push(node);
      }
      const best = [...starts, ...inside].slice(0, 8);
      for (const node of best) {
        const choice = make("button", "oc-choice");
        choice.type = "button";
        choice.append(make("strong", "", node.row[3]), make("span", "", node.row[4]));
        choice.addEventListener("click", () => jump(node.at));
        list.append(choice);
      }
      if (!best.length) list.append(make("p", "oc-none", this.words.nothing));
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        list.querySelector("button")?.click();
      } else if (event.key === "ArrowDown") {
        event.preventDefault();
        list.querySelector("button")?.focus();
      } else if (event.key === "Escape") list.hidden = true;
    });
    list.addEventListener("keydown", (event) => {
      const way = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
      if (event.key === "Escape") input.focus();
      if (!way) return;
      event.preventDefault();
      (event.target[way] ?? input).focus();
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest("[data-oc-finder]")) list.hidden = true;
    });
  }
}

export function startOrgCharts() {
  onFresh((root) => {
    for (const box of root.querySelectorAll("[data-orgchart]:not([data-ready])")) {
      box.dataset.ready = "1";
      new OrgChart(box);
    }
  });
}
