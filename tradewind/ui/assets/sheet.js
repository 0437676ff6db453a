// Sheets of amounts by month. Only the rows in sight stand in the page. Amounts are whole numbers of 1/10,000 (BigInt), never floats.
// What is typed is sent in small batches with the edition that was read; a cell somebody changed meanwhile comes back with both values.
import { onFresh, say } from "./words.js";

const HIGH = 34, WIDE = 108, NAME = 260, AROUND = 8, WAIT = 350, BATCH = 500, SCALE = 10000n;
const csrf = () => JSON.parse(document.body.getAttribute("hx-headers:inherited") ?? "{}");

function make(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

// A number as people write it: 1,234.5 · 1.234,5 · 1 234,5 · 1'234.5 · (12) · −5 · １２３ · 12 € ; `comma` says which sign is the decimal one.
const CLEAN = /[\s\u00a0\u202f'’_]|[A-Z]{3}|[¥€$£₩₽zł]|CN¥|元/gu;
function tidy(text) {
  const plain = text.normalize("NFKC").replace(/[−–﹣]/g, "-").replace(CLEAN, "").trim();
  return /^\(.+\)$/.test(plain) ? `-${plain.slice(1, -1)}` : plain.replace(/^(.+)-$/, "-$1");
}

// Which sign is the decimal one in a block: what is beyond doubt decides for all, else the reader's own.
export function decimalSign(texts, usual = ".") {
  let votes = 0;
  for (const raw of texts) {
    const text = tidy(raw);
    const [commas, points] = [text.split(",").length - 1, text.split(".").length - 1];
    if (commas && points) votes += text.lastIndexOf(",") > text.lastIndexOf(".") ? 3 : -3;
    else if (commas > 1) votes -= 3;
    else if (points > 1) votes += 3;
    else if (commas === 1 && !/,\d{3}$/.test(text)) votes += 1;
    else if (points === 1 && !/\.\d{3}$/.test(text)) votes -= 1;
  }
  if (votes === 0) return usual;
  return votes > 0 ? "," : ".";
}

// Units of a typed number; null for nothing, undefined for what is no number.
export function unitsOf(raw, sign = decimalSign([raw])) {
  const text = tidy(raw);
  if (text === "" || text === "-") return raw.trim() === "" || text === "-" ? null : undefined;
  const group = sign === "," ? "." : ",";
  const match = text.split(group).join("").replace(sign, ".").match(/^([+-]?)(\d{1,14})?(?:\.(\d*))?$/);
  if (!match || (match[2] === undefined && !match[3])) return undefined;
  const places = (match[3] ?? "").replace(/0+$/, "");
  if (places.length > 4) return undefined;
  const units = BigInt(match[2] ?? "0") * SCALE + BigInt(places.padEnd(4, "0"));
  return match[1] === "-" ? -units : units;
}

const stored = (text) => (text === null ? null : unitsOf(text, "."));
function plain(units) {
  const size = units < 0n ? -units : units;
  const rest = String(size % SCALE).padStart(4, "0");
  return `${units < 0n ? "-" : ""}${size / SCALE}.${rest}`;
}

const trimmed = (units) => plain(units).replace(/\.?0+$/, "");

class Sheet {
  constructor(box) {
    this.box = box;
    this.words = box.dataset;
    const data = JSON.parse(document.getElementById(this.words.sheet).textContent);
    Object.assign(this, { budget: data.budget, months: data.months, titles: data.titles, digits: data.digits, signs: data.signs, editable: data.editable });
    for (const part of ["window", "head", "body", "foot", "state", "notes", "formula"]) this[part] = box.querySelector(`[data-sheet-${part}]`);
    this.rows = data.rows.map((row) => this.read(row));
    this.index = new Map(this.rows.map((row, at) => [row.id, at]));
    this.columns = this.laidOut();
    this.at = { r: 0, c: this.columns.findIndex((one) => one.month !== undefined) };
    this.from = { ...this.at };
    this.waiting = new Map();
    this.sending = new Map();
    this.past = [];
    this.future = [];
    this.clashes = new Map();
    this.lines = new Map();
    this.head.append(this.headRow());
    this.sums();
    this.measure();
    this.draw();
    this.listen();
  }

  read(row) {
    return { ...row, cells: row.cells.map(([text, typed, edition]) => ({ units: stored(text), typed, edition })) };
  }

  // Months, a sum after each quarter, and the sum of all.
  laidOut() {
    const columns = [];
    let quarter = [];
    this.months.forEach((month, at) => {
      columns.push({ month: at, title: this.titles[at] });
      quarter.push(at);
      const ends = Number(month.slice(5, 7)) % 3 === 0 || at === this.months.length - 1;
      if (ends) {
        columns.push({ sum: quarter, title: `${month.slice(0, 4)} ${this.words.quarter}${Math.ceil(Number(month.slice(5, 7)) / 3)}` });
        quarter = [];
      }
    });
    columns.push({ sum: this.months.map((_month, at) => at), title: this.words.year });
    return columns;
  }

  headRow() {
    const row = make("tr");
    row.setAttribute("role", "row");
    row.append(make("th", "", this.words.row), ...this.columns.map((one) => make("th", "", one.title)));
    for (const cell of row.children) { cell.setAttribute("role", "columnheader"); cell.scope = "col"; }
    return row;
  }

  // As the currency is written; what a formula made may be finer, and is told in the title.
  shown(units, currency) {
    if (units === null) return "";
    const digits = this.digits[currency] ?? 2, step = 10n ** BigInt(4 - digits);
    const size = (((units < 0n ? -units : units) + step / 2n) / step) * step;
    const rest = String(size % SCALE).padStart(4, "0").slice(0, digits);
    const whole = (size / SCALE).toLocaleString("en").replaceAll(",", this.signs.group);
    return `${units < 0n && size ? "−" : ""}${whole}${rest ? `${this.signs.decimal}${rest}` : ""}`;
  }

  // As the reader's own spreadsheet takes it.
  written(units) {
    return trimmed(units).replace(".", this.signs.decimal);
  }

  unitsAt(row, column) {
    if (column.month !== undefined) return row.cells[column.month].units;
    return column.sum.reduce((sum, month) => sum + (row.cells[month].units ?? 0n), 0n);
  }

  // Sizes are kept, not asked for at every key: asking makes the browser lay the page out at once.
  measure() {
    this.view = { top: this.window.scrollTop, left: this.window.scrollLeft, high: this.window.clientHeight, wide: this.window.clientWidth };
  }

  // Only the rows in sight, and a few around them.
  draw() {
    const first = Math.max(0, Math.floor(this.view.top / HIGH) - AROUND);
    const last = Math.min(this.rows.length, Math.ceil((this.view.top + this.view.high) / HIGH) + AROUND);
    if (this.first === first && this.last === last) return;
    [this.first, this.last] = [first, last];
    this.lines.clear();
    const parts = [this.gap(first)];
    for (let r = first; r < last; r++) parts.push(this.line(r));
    parts.push(this.gap(this.rows.length - last));
    this.body.replaceChildren(...parts);
    this.mark();
  }

  gap(count) {
    const row = make("tr", "sheet-gap");
    const cell = make("td");
    cell.colSpan = this.columns.length + 1;
    cell.style.height = `${count * HIGH}px`;
    row.setAttribute("aria-hidden", "true");
    row.append(cell);
    row.hidden = !count;
    return row;
  }

  line(r) {
    const row = this.rows[r], line = make("tr"), head = make("th");
    line.setAttribute("role", "row");
    line.setAttribute("aria-rowindex", r + 2);
    head.scope = "row";
    head.setAttribute("role", "rowheader");
    const link = make("a", "", row.account);
    link.href = this.words.rowUrl.replace("/0/", `/${row.id}/`);
    link.tabIndex = -1;
    head.title = `${row.account} ${row.place} ${row.currency}`;
    head.append(link, make("small", "", `${row.place} ${row.currency}`.trim()));
    line.append(head);
    const cells = this.columns.map((column, c) => {
      const cell = make("td");
      cell.id = `sheet-${r}-${c}`;
      cell.dataset.r = r;
      cell.dataset.c = c;
      cell.setAttribute("role", "gridcell");
      line.append(cell);
      return cell;
    });
    this.lines.set(r, cells);
    cells.forEach((_cell, c) => this.fill(r, c));
    return line;
  }

  fill(r, c) {
    const cell = this.lines.get(r)?.[c];
    if (!cell || cell.firstElementChild) return;
    const row = this.rows[r], column = this.columns[c];
    const units = this.unitsAt(row, column), fine = units !== null && units % 10n ** BigInt(4 - (this.digits[row.currency] ?? 2));
    cell.textContent = this.shown(units, row.currency);
    cell.title = fine ? this.written(units) : "";
    const made = column.month !== undefined && row.formula && !row.cells[column.month].typed;
    const name = column.sum ? "is-sum" : [made && "is-made", !row.may && "is-shut"].filter(Boolean).join(" ");
    const key = `${row.id}:${column.month}`;
    cell.className = [name, this.waiting.has(key) && "is-waiting", this.clashes.has(key) && "is-clash"].filter(Boolean).join(" ");
  }

  fillRow(r) {
    this.columns.forEach((_column, c) => this.fill(r, c));
  }

  range() {
    return {
      top: Math.min(this.at.r, this.from.r), bottom: Math.max(this.at.r, this.from.r),
      left: Math.min(this.at.c, this.from.c), right: Math.max(this.at.c, this.from.c),
    };
  }

  mark() {
    for (const cell of this.marked ?? []) { cell.classList.remove("is-in", "is-at"); cell.removeAttribute("aria-selected"); }
    this.marked = [];
    const { top, bottom, left, right } = this.range();
    for (const [r, cells] of this.lines) {
      if (r < top || r > bottom) continue;
      for (let c = left; c <= right; c++) {
        if (top !== bottom || left !== right) cells[c].classList.add("is-in");
        cells[c].setAttribute("aria-selected", "true");
        this.marked.push(cells[c]);
      }
    }
    const here = this.lines.get(this.at.r)?.[this.at.c];
    if (here) {
      here.classList.add("is-at");
      this.window.setAttribute("aria-activedescendant", here.id);
    }
    const row = this.rows[this.at.r];
    this.formula.textContent = row?.formula ? `= ${row.formula}` : "";
  }

  go(r, c, stretch = false) {
    this.at = { r: Math.max(0, Math.min(this.rows.length - 1, r)), c: Math.max(0, Math.min(this.columns.length - 1, c)) };
    if (!stretch) this.from = { ...this.at };
    this.reveal();
    this.mark();
  }

  reveal() {
    const { view } = this, top = this.at.r * HIGH, left = NAME + this.at.c * WIDE, foot = (this.foot.childElementCount + 2) * HIGH;
    const down = top < view.top ? top : Math.max(view.top, top + foot - view.high);
    const over = left - NAME < view.left ? left - NAME : Math.max(view.left, left + WIDE - view.wide);
    if (down !== view.top || over !== view.left) {
      this.window.scrollTo(over, down);
      this.measure();
    }
    this.draw();
  }

  listen() {
    const moved = () => { this.measure(); this.draw(); this.mark(); };
    this.window.addEventListener("scroll", moved, { passive: true });
    new ResizeObserver(moved).observe(this.window);
    this.window.addEventListener("mousedown", (event) => this.press(event));
    this.window.addEventListener("mouseover", (event) => {
      const cell = event.target.closest("td[data-r]");
      if (cell && event.buttons === 1 && !this.input) this.go(Number(cell.dataset.r), Number(cell.dataset.c), true);
    });
    this.window.addEventListener("dblclick", () => this.edit());
    this.window.addEventListener("keydown", (event) => this.key(event));
    this.window.addEventListener("copy", (event) => this.copy(event));
    this.window.addEventListener("cut", (event) => { this.copy(event); if (!this.input) this.clear(); });
    this.window.addEventListener("paste", (event) => this.paste(event));
    for (const button of this.box.querySelectorAll("[data-sheet-act]"))
      button.addEventListener("click", () => { this[button.dataset.sheetAct](); this.window.focus(); });
    document.body.addEventListener("budget:changed", (event) => this.heard(event.detail));
    window.addEventListener("beforeunload", (event) => { if (this.waiting.size || this.sending.size) event.preventDefault(); });
  }

  press(event) {
    const cell = event.target.closest("td[data-r]");
    if (!cell || cell.firstElementChild || event.button) return;
    this.commit();
    event.preventDefault();
    this.window.focus({ preventScroll: true });
    this.go(Number(cell.dataset.r), Number(cell.dataset.c), event.shiftKey);
  }

  key(event) {
    if (event.isComposing) return;
    if (this.input) return this.editKey(event);
    const { r, c } = this.at, stretch = event.shiftKey, control = event.ctrlKey || event.metaKey;
    const page = Math.max(1, Math.floor(this.view.high / HIGH) - 3);
    const moves = {
      ArrowUp: [r - 1, c], ArrowDown: [r + 1, c], ArrowLeft: [r, c - 1], ArrowRight: [r, c + 1], PageUp: [r - page, c], PageDown: [r + page, c],
      Home: [control ? 0 : r, 0], End: [control ? this.rows.length - 1 : r, this.columns.length - 1],
    };
    const jump = control && { ArrowUp: [0, c], ArrowDown: [this.rows.length - 1, c], ArrowLeft: [r, 0], ArrowRight: [r, this.columns.length - 1] }[event.key];
    const letter = control && event.key.toLowerCase();
    if (jump || moves[event.key]) this.go(...(jump || moves[event.key]), stretch);
    else if (event.key === "Enter") stretch ? this.go(r - 1, c) : this.edit();
    else if (event.key === "Tab") {
      if (stretch ? c === 0 : c === this.columns.length - 1) return;
      this.go(r, c + (stretch ? -1 : 1));
    } else if (event.key === "F2") this.edit();
    else if (event.key === "Delete" || event.key === "Backspace") this.clear();
    else if (letter === "z") event.shiftKey ? this.redo() : this.undo();
    else if (letter === "y") this.redo();
    else if (letter === "r") this.fillRight();
    else if (letter === "a") { this.from = { r: 0, c: 0 }; this.at = { r: this.rows.length - 1, c: this.columns.length - 1 }; this.mark(); }
    else if (!control && !event.altKey && event.key.length === 1 && /[\d.,+\-−(=]/.test(event.key)) this.edit(event.key);
    else return;
    event.preventDefault();
  }

  editKey(event) {
    const { r, c } = this.at;
    if (event.key === "Escape") { this.leave(); this.window.focus({ preventScroll: true }); }
    else if (event.key === "Enter") { if (this.commit()) this.go(r + (event.shiftKey ? -1 : 1), c); }
    else if (event.key === "Tab") { if (this.commit()) this.go(r, c + (event.shiftKey ? -1 : 1)); }
    else if (this.typed && (event.key === "ArrowDown" || event.key === "ArrowUp")) { if (this.commit()) this.go(r + (event.key === "ArrowUp" ? -1 : 1), c); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  mayWrite(r, c) {
    return this.rows[r].may && this.columns[c].month !== undefined;
  }

  edit(first) {
    const { r, c } = this.at;
    if (!this.mayWrite(r, c)) return this.tell(this.words.readonly);
    const cell = this.lines.get(r)?.[c];
    if (!cell) return;
    const units = this.rows[r].cells[this.columns[c].month].units;
    this.input = make("input");
    this.input.setAttribute("aria-label", `${this.rows[r].account} ${this.columns[c].title}`);
    this.input.inputMode = "decimal";
    this.input.autocomplete = "off";
    this.typed = first !== undefined;
    this.input.value = first ?? (units === null ? "" : this.written(units));
    cell.textContent = "";
    cell.append(this.input);
    this.input.focus({ preventScroll: true });
    this.input.addEventListener("blur", () => this.commit());
    if (!this.typed) this.input.select();
  }

  leave() {
    const input = this.input;
    this.input = null;
    input?.remove();
    this.fill(this.at.r, this.at.c);
    this.mark();
  }

  // Take what stands in the field; false when it is no number, which then stays there.
  commit() {
    if (!this.input) return true;
    const text = this.input.value, units = unitsOf(text, decimalSign([text], this.signs.decimal));
    const { r, c } = this.at;
    if (units === undefined) {
      this.tell(`“${text}” ${this.words.notnumber}`);
      this.input.setAttribute("aria-invalid", "true");
      if (document.activeElement !== this.input) this.leave();
      return false;
    }
    this.leave();
    this.window.focus({ preventScroll: true });
    this.write([{ r, c, units }]);
    return true;
  }

  clear() {
    this.write(this.each((r, c) => ({ r, c, units: null })));
  }

  each(make_) {
    const { top, bottom, left, right } = this.range(), found = [];
    for (let r = top; r <= bottom; r++) for (let c = left; c <= right; c++) if (this.mayWrite(r, c)) found.push(make_(r, c));
    return found;
  }

  fillRight() {
    const { top, bottom, left, right } = this.range();
    const edge = left === right ? this.columns.length - 1 : right, found = [];
    for (let r = top; r <= bottom; r++) {
      if (this.columns[left].month === undefined) continue;
      const units = this.rows[r].cells[this.columns[left].month].units;
      for (let c = left + 1; c <= edge; c++) if (this.mayWrite(r, c)) found.push({ r, c, units });
    }
    this.write(found);
  }

  // Write cells, keep what was there for undo, show them at once and send them soon.
  write(wanted, remember = true) {
    const done = [];
    for (const { r, c, units } of wanted) {
      const row = this.rows[r], month = this.columns[c].month, cell = row.cells[month];
      if (cell.units === units && (cell.typed || units === null)) continue;
      done.push({ row: row.id, month, before: cell.typed || !row.formula ? cell.units : null, after: units });
      this.put(r, month, units);
    }
    if (!done.length) return;
    if (remember) { this.past.push(done); this.future = []; }
    this.after(done);
  }

  put(r, month, units) {
    const row = this.rows[r], cell = row.cells[month], key = `${row.id}:${month}`;
    cell.units = units;
    cell.typed = units !== null;
    this.clashes.delete(key);
    this.waiting.set(key, { row: row.id, month });
  }

  after(done) {
    for (const r of new Set(done.map((one) => this.index.get(one.row)))) this.fillRow(r);
    this.mark();
    this.sumSoon();
    this.state.textContent = this.words.saving;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), WAIT);
  }

  undo() { this.step(this.past, this.future, "before"); }
  redo() { this.step(this.future, this.past, "after"); }

  step(source, target, which) {
    const done = source.pop();
    if (!done) return;
    target.push(done);
    for (const one of done) if (this.index.has(one.row)) this.put(this.index.get(one.row), one.month, one[which]);
    this.after(done.filter((one) => this.index.has(one.row)));
  }

  copy(event) {
    if (this.input) return;
    const { top, bottom, left, right } = this.range(), lines = [];
    for (let r = top; r <= bottom; r++) {
      const line = [];
      for (let c = left; c <= right; c++) {
        const units = this.unitsAt(this.rows[r], this.columns[c]);
        line.push(units === null ? "" : this.written(units));
      }
      lines.push(line.join("\t"));
    }
    event.clipboardData.setData("text/plain", lines.join("\n"));
    event.preventDefault();
  }

  // A block from any spreadsheet; one value fills all that is selected.
  paste(event) {
    if (this.input) return;
    event.preventDefault();
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    const block = text.split("\n").map((line) => line.split("\t").map((part) => part.replace(/^"(.*)"$/, "$1")));
    const sign = decimalSign(block.flat(), this.signs.decimal), { top, left } = this.range(), found = [], wrong = [];
    let cut = 0;
    const take = (raw, r, c) => {
      const units = unitsOf(raw, sign);
      if (units === undefined) wrong.push(raw);
      else if (this.mayWrite(r, c)) found.push({ r, c, units });
      else cut += 1;
    };
    if (block.length === 1 && block[0].length === 1) this.each((r, c) => take(block[0][0], r, c));
    else {
      // Months take the block's columns one after the other: sums between them are passed over.
      const open = this.columns.map((column, c) => (column.month === undefined ? -1 : c)).filter((c) => c >= left);
      block.forEach((line, i) => line.forEach((raw, j) => (top + i < this.rows.length && open[j] !== undefined ? take(raw, top + i, open[j]) : (cut += 1))));
      const last = open[Math.min(block[0].length, open.length) - 1] ?? left;
      this.from = { r: top, c: left };
      this.at = { r: Math.min(this.rows.length - 1, top + block.length - 1), c: last };
    }
    if (wrong.length) return this.tell(`${[...new Set(wrong)].slice(0, 3).map((one) => `“${one}”`).join(", ")} ${this.words.notnumber}`);
    this.write(found);
    this.mark();
    if (cut) this.tell(`${cut} ${this.words.cut}`);
  }

  tell(text) {
    say(text);
    const note = make("div", "sheet-note", text);
    note.setAttribute("role", "alert");
    this.notes.querySelectorAll("[data-passing]").forEach((old) => old.remove());
    note.dataset.passing = "";
    this.notes.append(note);
    setTimeout(() => note.remove(), 6000);
  }

  async send() {
    if (this.sending.size || !this.waiting.size) return;
    const keys = [...this.waiting.keys()].slice(0, BATCH);
    for (const key of keys) { this.sending.set(key, this.waiting.get(key)); this.waiting.delete(key); }
    const cells = keys.map((key) => {
      const { row, month } = this.sending.get(key), cell = this.rows[this.index.get(row)].cells[month];
      return { row, month: this.months[month], amount: cell.units === null ? "" : plain(cell.units), edition: cell.edition };
    });
    let answer;
    try {
      const reply = await fetch(this.words.url, {
        method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", ...csrf() }, body: JSON.stringify({ cells }),
      });
      answer = await reply.json();
      if (!reply.ok) throw Object.assign(new Error(answer.error), { told: answer.error });
    } catch (fault) {
      for (const key of keys) if (!this.waiting.has(key)) this.waiting.set(key, this.sending.get(key));
      this.sending.clear();
      this.state.classList.add("is-bad");
      this.state.textContent = fault.told ?? this.words.unsaved;
      if (fault.told) { this.waiting.clear(); await this.fetch([...new Set(cells.map((one) => one.row))]); }
      else this.timer = setTimeout(() => this.send(), 4000);
      return;
    }
    this.sending.clear();
    this.state.classList.remove("is-bad");
    this.answered(answer, cells);
  }

  answered(answer, cells) {
    const touched = new Set();
    for (const one of answer.saved) {
      const r = this.index.get(one.row), cell = this.rows[r].cells[this.months.indexOf(one.month)];
      cell.edition = one.edition;
      touched.add(r);
    }
    for (const one of answer.refused) {
      const r = this.index.get(one.row), month = this.months.indexOf(one.month);
      if (one.conflict) this.clash(r, month, one);
      else {
        const cell = this.rows[r]?.cells[month];
        if (cell) Object.assign(cell, { units: stored(one.theirs), typed: one.typed, edition: one.edition });
        this.tell(`${this.words.refused} ${one.reason}`);
      }
      if (r !== undefined) touched.add(r);
    }
    for (const r of touched) this.fillRow(r);
    this.mark();
    this.sumSoon();
    if (answer.touched.length || cells.some((one) => one.amount === "")) this.fetch([...new Set([...answer.touched, ...cells.filter((one) => one.amount === "").map((one) => one.row)])]);
    if (this.waiting.size) this.send();
    else { this.state.textContent = this.words.saved; say(this.words.saved); }
  }

  // Both values stand side by side until a person decides.
  clash(r, month, told) {
    const row = this.rows[r], key = `${row.id}:${month}`, cell = row.cells[month], mine = stored(told.amount || null), theirs = stored(told.theirs);
    cell.edition = told.edition;
    this.clashes.set(key, true);
    const word = (units) => (units === null ? this.words.blank : this.shown(units, row.currency));
    const note = make("div", "sheet-note");
    note.setAttribute("role", "alert");
    note.append(make("span", "", `${row.account} ${row.place}, ${this.months[month].slice(0, 7)} ${this.words.conflict} ${word(mine)}. ${this.words.theirs} ${word(theirs)}.`));
    const choice = (label, act) => {
      const button = make("button", "btn btn-sm", label);
      button.type = "button";
      button.addEventListener("click", () => { note.remove(); this.clashes.delete(key); act(); this.fillRow(r); this.mark(); this.sumSoon(); this.window.focus(); });
      note.append(button);
    };
    choice(this.words.take, () => Object.assign(cell, { units: theirs, typed: told.typed }));
    choice(this.words.keep, () => { this.put(r, month, mine); this.after([{ row: row.id }]); });
    this.notes.append(note);
  }

  heard(detail) {
    let told;
    try { told = typeof detail === "string" ? JSON.parse(detail) : detail; } catch { return; }
    if (told?.budget !== this.budget) return;
    this.due = this.due ?? new Set();
    if (!told.rows?.length) this.due.add(0);
    for (const row of told.rows ?? []) this.due.add(row);
    clearTimeout(this.later);
    this.later = setTimeout(() => { const due = [...this.due]; this.due = undefined; this.fetch(due.includes(0) ? [] : due, true); }, 400);
  }

  // Rows as they are stored now; what waits to be sent or is being typed stays.
  async fetch(ids, others = false) {
    const asked = ids.filter((id) => this.index.has(id));
    if (ids.length && !asked.length && !others) return;
    const reply = await fetch(`${this.words.url}?rows=${asked.join(",")}`, { credentials: "same-origin" }).catch(() => null);
    if (!reply?.ok) return;
    const { rows } = await reply.json();
    const fresh = [];
    for (const raw of rows) {
      const r = this.index.get(raw.id);
      if (r === undefined) continue;
      const row = this.read(raw);
      row.cells.forEach((cell, month) => {
        const key = `${row.id}:${month}`, mine = this.rows[r].cells[month];
        if (this.waiting.has(key) || this.sending.has(key) || this.clashes.has(key) || this.isEdited(r, month)) return;
        if (mine.units !== cell.units && others) fresh.push([r, month]);
        Object.assign(mine, cell);
      });
      Object.assign(this.rows[r], { may: row.may, formula: row.formula });
      this.fillRow(r);
    }
    this.mark();
    this.sumSoon();
    for (const [r, month] of fresh) {
      const cell = this.lines.get(r)?.[this.columns.findIndex((column) => column.month === month)];
      cell?.classList.add("is-fresh");
      if (cell) cell.title = this.words.others;
    }
  }

  isEdited(r, month) {
    return this.input && this.at.r === r && this.columns[this.at.c].month === month;
  }

  sumSoon() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.sums());
  }

  // A line of sums for each currency: never a sum of two.
  sums() {
    const totals = new Map();
    for (const row of this.rows) {
      const sums = totals.get(row.currency) ?? totals.set(row.currency, this.months.map(() => 0n)).get(row.currency);
      row.cells.forEach((cell, month) => { if (cell.units) sums[month] += cell.units; });
    }
    const lines = [...totals].sort().map(([currency, sums], at, all) => {
      const line = make("tr"), head = make("th", "", `${this.words.sum} ${currency}`);
      head.scope = "row";
      line.append(head, ...this.columns.map((column) => {
        const units = column.month !== undefined ? sums[column.month] : column.sum.reduce((sum, month) => sum + sums[month], 0n);
        return make("td", "", this.shown(units, currency));
      }));
      line.setAttribute("role", "row");
      head.setAttribute("role", "rowheader");
      for (const cell of line.querySelectorAll("td")) cell.setAttribute("role", "gridcell");
      for (const cell of line.children) cell.style.bottom = `${(all.length - 1 - at) * HIGH}px`;
      return line;
    });
    this.foot.replaceChildren(...lines);
  }
}

export function startSheets() {
  onFresh((part) => {
    for (const box of part.querySelectorAll("[data-sheet]:not([data-drawn])")) {
      box.dataset.drawn = "";
      box.sheet = new Sheet(box);
    }
  });
}
