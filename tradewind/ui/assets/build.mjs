// Bundles styles, scripts and the icon sprite into tradewind/ui/static/ui. Run by `npm run build`.
import { readFileSync, writeFileSync, mkdirSync, readdirSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..", "..");
const out = join(here, "..", "static", "ui");
const outline = join(root, "node_modules", "@tabler", "icons", "icons", "outline");
mkdirSync(out, { recursive: true });

// Icons are named in templates ({% icon "truck" %}, icon="truck") and in Python (icon="truck", tuples of nav).
const NAMES = [
  /\{%\s*icon\s+["']([a-z0-9-]+)["']/g,
  /\bicon\s*(?::\s*[\w\[\]|.]+\s*)?=\s*["']([a-z0-9-]+)["']/g,
  /default:["']([a-z0-9-]+)["']/g,
  /\bPlace\([^)]*?\),\s*["']([a-z0-9-]+)["']/g,
];

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (["static", "node_modules", "__pycache__", "locale"].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.(html|py)$/.test(entry.name)) yield path;
  }
}

function usedIcons() {
  const names = new Set();
  for (const path of sources(join(root, "tradewind"))) {
    const text = readFileSync(path, "utf8");
    // A tuple or pair of names after the word icon (title, icon = "…", "truck") is caught by any quoted outline name there.
    for (const line of text.split("\n")) {
      for (const pattern of NAMES) for (const match of line.matchAll(pattern)) names.add(match[1]);
      if (/\bicon\b/.test(line)) for (const match of line.matchAll(/["']([a-z][a-z0-9-]+)["']/g)) names.add(match[1]);
    }
  }
  return [...names].filter((name) => existsSync(join(outline, `${name}.svg`))).sort();
}

function sprite(names) {
  const symbols = names.map((name) => {
    const svg = readFileSync(join(outline, `${name}.svg`), "utf8");
    const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).replace(/\s*\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

const MARK = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#155e75"/><g fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"><path d="M5 20c6-1 7-11 11-11s2 8 11 6"/><path d="M5 25c7 0 9-7 13-7s3 3 9 2"/></g></svg>\n`;

const options = {
  absWorkingDir: root,
  entryPoints: ["app.js", "charts.js", "theme.js", "app.css"].map((name) => join(here, name)),
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome111", "firefox113", "safari16.4"],
  loader: { ".svg": "dataurl" },
  legalComments: "linked",
  logLevel: "warning",
};

const names = usedIcons();
writeFileSync(join(out, "icons.svg"), sprite(names));
writeFileSync(join(out, "mark.svg"), MARK);
if (process.argv.includes("--watch")) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
  console.log(`built ${out.slice(root.length + 1)}: ${names.length} icons`);
}
