// Parts that arrive later: charts are loaded when the first one is on the page; live events refresh what listens.
import { onFresh } from "./words.js";

const own = document.querySelector("script[data-charts]");

function drawCharts() {
  const waiting = document.querySelectorAll("[data-chart]:not([data-drawn])");
  if (waiting.length && own) import(own.dataset.charts).then((charts) => charts.draw(waiting));
}

function listen() {
  const url = document.body.dataset.stream;
  if (!url || !("EventSource" in window)) return;
  // One connection a page; each event's name is a trigger that htmx parts wait for (job:changed, notices:changed).
  const stream = new EventSource(url, { withCredentials: true });
  const pass = (event) => document.body.dispatchEvent(new CustomEvent(event.type.replace(".", ":"), { detail: event.data }));
  for (const name of ["job:changed", "notices:changed", "job.changed", "notices.changed", "budget.changed"]) stream.addEventListener(name, pass);
}

export function startParts() {
  onFresh(drawCharts);
  listen();
}
