// Draws what ui.charts.Chart describes. Exact values are texts from the server; the browser only places them.
import { init, use } from "echarts/core";
import { BarChart, HeatmapChart, LineChart, PieChart, ScatterChart, TreemapChart, SunburstChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent, DataZoomComponent } from "echarts/components";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, HeatmapChart, LineChart, PieChart, ScatterChart, TreemapChart, SunburstChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent, DataZoomComponent, LabelLayout, SVGRenderer]);

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const colour = (place) => (place < 0 ? token("--series-other") : token(`--series-${place}`));
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow", "circle"];
const still = matchMedia("(prefers-reduced-motion: reduce)");
const live = new Set();

function short(value) {
  return new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

const axisText = (data) => (value) => (data.unit === "percent" ? `${Math.round(value * 1000) / 10} %` : short(value));
const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

function tip(data) {
  return (points) => {
    const list = Array.isArray(points) ? points : [points];
    const place = list[0].dataIndex;
    const last = data.series.length + (data.target ? 1 : 0);
    const rows = list.filter((point) => point.seriesIndex < last).map((point) => {
      const target = data.target && point.seriesIndex === data.series.length;
      const texts = target ? data.target.texts : data.series[point.seriesIndex]?.texts;
      return `<div class="tip-row">${point.marker}<span>${escape(point.seriesName)}</span><strong>${escape(texts?.[place] ?? "")}</strong></div>`;
    });
    return `<div class="tip"><div class="tip-head">${escape(data.categories[place] ?? "")}</div>${rows.join("")}</div>`;
  };
}

const frame = () => ({
  animation: !still.matches,
  animationDuration: 250,
  textStyle: { fontFamily: token("--tw-font"), color: token("--tw-ink") },
  aria: { enabled: true, decal: { show: false } },
});
const tooltip = (extra) => ({ backgroundColor: token("--tw-surface"), borderColor: token("--tw-line"), textStyle: { color: token("--tw-ink"), fontSize: 13 }, confine: true, ...extra });
const legend = (many, names) => ({ show: many, data: names, type: "scroll", top: 0, left: 0, itemWidth: 14, itemHeight: 8, textStyle: { color: token("--tw-ink-soft"), fontSize: 12 }, pageTextStyle: { color: token("--tw-ink-soft") }, pageIconColor: token("--tw-ink-soft") });

// Two bounds as one area: a line nobody sees, and what lies between them stacked on it.
function band({ series, band: { label, low, high } }) {
  const made = { type: "line", stack: "band", stackStrategy: "all", symbol: "none", silent: true, lineStyle: { opacity: 0 }, z: 1 };
  const between = series[high].values.map((value, at) => (value === null || series[low].values[at] === null ? null : value - series[low].values[at]));
  const fill = token("--series-other");
  return [{ ...made, data: series[low].values }, { ...made, name: label, data: between, itemStyle: { color: fill }, areaStyle: { color: fill, opacity: .22 } }];
}

function grid(data) {
  const flat = data.kind === "hbar";
  const line = { lineStyle: { color: token("--tw-line") } };
  const label = { color: token("--tw-ink-soft"), fontSize: 12, hideOverlap: true };
  const names = { type: "category", data: data.categories, axisTick: { show: false }, axisLine: line, axisLabel: flat ? { ...label, width: 130, overflow: "truncate" } : label, inverse: flat, boundaryGap: data.kind !== "line" };
  const numbers = { type: "value", splitLine: line, axisLabel: { ...label, formatter: axisText(data) }, scale: data.kind === "scatter" };
  const many = data.series.length + (data.target ? 1 : 0) > 1;
  const bars = ["bar", "stacked", "hbar"].includes(data.kind);
  const bounds = data.band ? [data.band.low, data.band.high] : [];
  const series = data.series.map((item, index) => ({
    name: item.label, data: item.values, type: bars ? "bar" : data.kind === "scatter" ? "scatter" : "line",
    stack: data.kind === "stacked" ? "all" : undefined, barMaxWidth: 36, connectNulls: false,
    symbol: SYMBOLS[index % SYMBOLS.length], symbolSize: data.kind === "scatter" ? 9 : 6, showSymbol: data.categories.length < 32,
    lineStyle: { width: 2 }, itemStyle: { color: colour(item.colour), borderRadius: bars && data.kind !== "stacked" ? (flat ? [0, 2, 2, 0] : [2, 2, 0, 0]) : 0 },
    cursor: item.urls.length ? "pointer" : "default", emphasis: { focus: many ? "series" : "none" },
    ...(bounds.includes(index) ? { symbol: "none", lineStyle: { width: 1, opacity: .5, color: token("--series-other") }, itemStyle: { color: token("--series-other") } } : {}),
  }));
  if (data.target) series.push({ name: data.target.label, data: data.target.values, type: "line", symbol: "none", lineStyle: { type: "dashed", width: 2, color: token("--tw-ink-soft") }, itemStyle: { color: token("--tw-ink-soft") } });
  const named = series.map((item) => item.name).filter((_name, index) => !bounds.includes(index));
  if (data.band) { series.push(...band(data)); named.push(data.band.label); }
  return { ...frame(), tooltip: tooltip({ trigger: data.kind === "scatter" ? "item" : "axis", axisPointer: { type: bars ? "shadow" : "line" }, formatter: tip(data) }), legend: legend(many, named),
    grid: { left: 4, right: 12, top: many ? 34 : 12, bottom: 4, containLabel: true }, xAxis: flat ? numbers : names, yAxis: flat ? names : numbers, series };
}

function pie(data) {
  // Slices are the series when there is one category, else the categories of the first series.
  const bySeries = data.series.length > 1;
  const slices = bySeries ? data.series.map((item) => ({ name: item.label, value: item.values[0], text: item.texts[0], url: item.urls[0], itemStyle: { color: colour(item.colour) } }))
    : data.categories.map((name, index) => ({ name, value: data.series[0].values[index], text: data.series[0].texts[index], url: data.series[0].urls[index], itemStyle: { color: colour(index % 12) } }));
  return { ...frame(), tooltip: tooltip({ formatter: (point) => `<div class="tip">${escape(point.name)} <strong>${escape(point.data.text)}</strong> (${point.percent} %)</div>` }), legend: { ...legend(true), bottom: 0, top: undefined },
    series: [{ type: "pie", radius: ["48%", "72%"], center: ["50%", "45%"], data: slices, label: { color: token("--tw-ink"), formatter: "{b}", overflow: "truncate" }, itemStyle: { borderColor: token("--tw-surface"), borderWidth: 2 } }] };
}

function heat(data) {
  const cells = data.series.flatMap((item, row) => item.values.map((value, column) => [column, row, value ?? "-"]));
  const known = cells.map((cell) => cell[2]).filter((value) => typeof value === "number");
  const label = { color: token("--tw-ink-soft"), fontSize: 12 };
  return { ...frame(), tooltip: tooltip({ formatter: (point) => `<div class="tip">${escape(data.series[point.data[1]].label)} · ${escape(data.categories[point.data[0]])} <strong>${escape(data.series[point.data[1]].texts[point.data[0]])}</strong></div>` }),
    grid: { left: 4, right: 4, top: 8, bottom: 44, containLabel: true }, xAxis: { type: "category", data: data.categories, axisLabel: { ...label, hideOverlap: true } }, yAxis: { type: "category", data: data.series.map((item) => item.label), axisLabel: { ...label, width: 130, overflow: "truncate" }, inverse: true },
    visualMap: { min: Math.min(0, ...known), max: Math.max(1, ...known), calculable: false, orient: "horizontal", left: "center", bottom: 0, textStyle: label, inRange: { color: [token("--tw-heat-low"), token("--tw-heat-high")] } },
    series: [{ type: "heatmap", data: cells, itemStyle: { borderColor: token("--tw-surface"), borderWidth: 1 } }] };
}

function tree(data) {
  const items = data.categories.map((name, index) => ({ name, value: data.series[0].values[index], text: data.series[0].texts[index], url: data.series[0].urls[index], itemStyle: { color: colour(index % 12) } }));
  return { ...frame(), tooltip: tooltip({ formatter: (point) => `<div class="tip">${escape(point.name)} <strong>${escape(point.data.text ?? "")}</strong></div>` }), series: [{ type: "treemap", data: items, roam: false, nodeClick: false, breadcrumb: { show: false }, top: 0, left: 0, right: 0, bottom: 0, label: { fontSize: 12 }, itemStyle: { borderColor: token("--tw-surface"), gapWidth: 2 } }] };
}

const DRAW = { pie, heat, tree };
const option = (data) => (DRAW[data.kind] ?? grid)(data);

function save(name, href) {
  const link = document.createElement("a");
  link.download = name;
  link.href = href;
  link.click();
}

function csv(figure) {
  const safe = (text) => (/^[=+@\t\r]|^-(?![\d.,]|\p{Sc})/u.test(text) ? `'${text}` : text);
  const lines = [...figure.querySelectorAll("[data-chart-table-box] tr")].map((row) => [...row.children].map((cell) => `"${safe(cell.textContent.trim()).replaceAll('"', '""')}"`).join(","));
  return new Blob([`\ufeff${lines.join("\r\n")}`], { type: "text/csv" });
}

function png(canvas, title) {
  // The SVG is drawn onto a canvas twice as large, on the surface of the theme.
  const drawing = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(canvas.querySelector("svg"))], { type: "image/svg+xml" }));
  const image = new Image();
  image.onload = () => {
    const sheet = document.createElement("canvas");
    sheet.width = canvas.clientWidth * 2;
    sheet.height = canvas.clientHeight * 2 + 72;
    const pen = sheet.getContext("2d");
    pen.fillStyle = token("--tw-surface");
    pen.fillRect(0, 0, sheet.width, sheet.height);
    pen.fillStyle = token("--tw-ink");
    pen.font = `600 28px ${token("--tw-font")}`;
    pen.fillText(title, 24, 46);
    pen.drawImage(image, 0, 72, sheet.width, sheet.height - 72);
    URL.revokeObjectURL(drawing);
    sheet.toBlob((blob) => {
      const url = URL.createObjectURL(blob);
      save(`${title}.png`, url);
      setTimeout(() => URL.revokeObjectURL(url), 1000);
    });
  };
  image.src = drawing;
}

function start(figure) {
  figure.dataset.drawn = "1";
  const data = JSON.parse(figure.querySelector("[data-chart-data]").textContent);
  const canvas = figure.querySelector("[data-chart-canvas]");
  const box = figure.querySelector("[data-chart-table-box]");
  canvas.hidden = false;
  box.hidden = true;
  figure.querySelector("[data-chart-tools]").hidden = false;
  const chart = init(canvas, null, { renderer: "svg" });
  const redraw = () => chart.setOption(option(data), true);
  redraw();
  live.add({ canvas, chart, redraw });
  chart.on("click", (point) => {
    const url = point.data?.url ?? data.series[point.seriesIndex]?.urls[point.dataIndex];
    if (url) location.assign(url);
  });
  new ResizeObserver(() => chart.resize()).observe(canvas);
  figure.querySelector("[data-chart-table]").addEventListener("click", (event) => {
    const table = box.hidden;
    box.hidden = !table;
    canvas.hidden = table;
    event.currentTarget.setAttribute("aria-pressed", String(table));
    if (!table) chart.resize();
  });
  figure.querySelector("[data-chart-png]").addEventListener("click", () => png(canvas, data.title));
  figure.querySelector("[data-chart-csv]").addEventListener("click", () => {
    const url = URL.createObjectURL(csv(figure));
    save(`${data.title}.csv`, url);
    URL.revokeObjectURL(url);
  });
}

new MutationObserver(() => {
  for (const item of live) {
    if (!item.canvas.isConnected) {
      item.chart.dispose();
      live.delete(item);
    } else item.redraw();
  }
}).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });

export function draw(figures) {
  for (const figure of figures) start(figure);
}
export { init as echarts };
