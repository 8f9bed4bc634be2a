import { createHash } from "node:crypto";
import { escapeHtml } from "./escape-html.js";

const light =
    "--back: #fff; --text: #1c2024; --dim: #5b656e; --line: #d5dade; --accent: #0b5cad; --ok: #197a3d; --warned: #8a5a00; --failed: #b3261e; --layer-0: #e4e9ee; --layer-1: #d9e8fb; --layer-2: #fff0cc; --layer-3: #d9f2e1;";
const dark =
    "--back: #14171a; --text: #e8eaed; --dim: #9aa4ad; --line: #3a4148; --accent: #6cb6ff; --ok: #6bd18b; --warned: #e3b341; --failed: #ff8a80; --layer-0: #2a3036; --layer-1: #1d3550; --layer-2: #453712; --layer-3: #1b3d2a;";

// Only `screen` may be dark, so that a printed page is always light.
const style = `
:root { color-scheme: light dark; ${light} }
@media screen and (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
html { font-size: 18px; }
body { margin: 0; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, "Helvetica Neue", Arial, sans-serif; overflow-wrap: break-word; }
.slide { display: flex; flex-direction: column; min-height: 100vh; max-width: 76rem; margin: 0 auto; padding: 2.5rem 2rem 1rem; border-bottom: 1px solid var(--line); }
.content { flex: 1 0 auto; min-width: 0; } .cover .content { display: flex; flex-direction: column; justify-content: center; }
footer { display: flex; justify-content: space-between; gap: 2rem; margin-top: 1rem; color: var(--dim); font-size: .75rem; }
h1 { font-size: 4rem; line-height: 1.1; margin: 0 0 1rem; color: var(--accent); } h2 { font-size: 2.1rem; margin: 0 0 1.2rem; color: var(--accent); line-height: 1.2; }
h3 { font-size: 1.05rem; margin: 0 0 .3rem; } p { margin: .6rem 0; } li { margin: .35rem 0; } blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 4px solid var(--line); }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .9em; }
pre { overflow-x: auto; margin: .6rem 0; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: 6px; font-size: .75rem; line-height: 1.45; }
pre code { font-size: inherit; } details { margin: .75rem 0; color: var(--dim); } summary { cursor: pointer; }
.table { margin: .8rem 0; overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; } table.small { font-size: .7rem; }
th, td { padding: .28rem 1.2rem .28rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; white-space: nowrap; } th:last-child, td:last-child { padding-right: 0; }
th { color: var(--dim); font-weight: 600; border-bottom-width: 2px; } .words { white-space: pre-wrap; } .anywhere { white-space: pre-wrap; overflow-wrap: anywhere; min-width: 12rem; }
.prose th, .prose td { white-space: normal; } .right { text-align: right; } .center { text-align: center; }
.table .dim { margin: .4rem 0 0; font-size: .85rem; }
.dim { color: var(--dim); } .ok { color: var(--ok); } .warned { color: var(--warned); } .failed { color: var(--failed); }
figure { margin: .8rem 0; } figcaption { font-weight: 600; } figure svg { width: 100%; height: auto; } .chart > .dim { font-size: .85rem; margin: .3rem 0; }
.bar { fill: var(--accent); } .negative { fill: var(--failed); } .line { fill: none; stroke: var(--accent); stroke-width: 3; stroke-linejoin: round; } .grid { stroke: var(--line); }
svg text { fill: var(--dim); font: 13px system-ui, "Helvetica Neue", Arial, sans-serif; } .tick { text-anchor: end; } .label { text-anchor: middle; } svg .value { fill: var(--text); }
.span { display: block; width: 14rem; height: .7rem; margin-top: .35rem; background: var(--line); } .span rect { fill: var(--accent); }
.figures { display: flex; flex-wrap: wrap; gap: 1.5rem 3rem; margin: 1.5rem 0; } .figures div { display: flex; flex-direction: column; } .figures strong { font-size: 2.8rem; line-height: 1.15; font-variant-numeric: tabular-nums; } .figures .number { white-space: nowrap; } .figures span { color: var(--dim); }
.beside { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 0 2.5rem; } .beside > .chart { flex: 1 1 20rem; min-width: 0; } .beside > pre { flex: 0 1 auto; max-width: 100%; } .beside > .table { flex: 0 1 auto; max-width: 100%; }
.graph svg { width: auto; max-width: 100%; } .graph text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; } .graph .name { fill: var(--text); } .graph .focus .name { font-weight: 700; }
.graph .ok { fill: var(--ok); } .graph .warned { fill: var(--warned); } .graph .failed { fill: var(--failed); } .graph .dim { fill: var(--dim); }
.edge { fill: none; stroke: var(--dim); stroke-width: 1.2; stroke-linejoin: round; } .box { stroke: var(--dim); } .focus .box { stroke: var(--accent); stroke-width: 2.5; }
.layer-0 { fill: var(--layer-0); } .layer-1 { fill: var(--layer-1); } .layer-2 { fill: var(--layer-2); } .layer-3 { fill: var(--layer-3); }
.key { display: inline-block; padding: .05rem .7rem; margin: 0 .4rem .6rem 0; border: 1px solid var(--dim); border-radius: 5px; font-weight: 400; font-size: .85rem; }
.key.layer-0 { background: var(--layer-0); } .key.layer-1 { background: var(--layer-1); } .key.layer-2 { background: var(--layer-2); } .key.layer-3 { background: var(--layer-3); }
.layers { display: flex; flex-wrap: wrap; gap: 2rem; } .layers ul { list-style: none; margin: 0; padding: 0; font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: .85rem; } .layers .focus { font-weight: 700; text-decoration: underline; }
.layers .ok::before { content: "✓ "; } .layers .warned::before { content: "! "; } .layers .failed::before { content: "✗ "; }
.made { font-size: .85rem; } .made dt { font-weight: 600; margin-top: .4rem; } .made dd { margin: 0 0 0 1.5rem; color: var(--dim); }
.star { display: grid; grid-template-columns: minmax(0, 1fr) 4rem minmax(0, 1.1fr) 4rem minmax(0, 1fr); margin: 1rem 0; }
.side { display: grid; grid-auto-rows: 1fr; } .side > div { display: flex; flex-direction: column; justify-content: center; padding: .4rem 0; }
.joins { position: relative; } .joins svg { position: absolute; inset: 0; width: 100%; height: 100%; } .joins path { fill: none; stroke: var(--accent); stroke-width: 2px; vector-effect: non-scaling-stroke; }
.dimension, .fact { border: 1px solid var(--dim); border-radius: 8px; padding: .7rem 1rem; overflow-wrap: break-word; } .dimension { background: var(--layer-0); } .fact { border: 2px solid var(--accent); align-self: center; background: var(--layer-1); }
.star p { margin: .3rem 0 0; font-size: .85rem; } .star ul { margin: .5rem 0 0; padding: 0; list-style: none; font-size: .85rem; columns: 2; } .star li { margin: 0; break-inside: avoid; }
@media screen and (max-width: 46rem) { html { font-size: 16px; } .slide { padding: 1.5rem 1rem 1rem; } h1 { font-size: 2.6rem; } h2 { font-size: 1.6rem; } .star { display: block; } .joins { display: none; } .fact { margin: .8rem 0; } }
@page { size: landscape; margin: 11mm 13mm; }
@media print {
    html { font-size: 15.5px; } h1 { font-size: 3.6rem; } h2 { font-size: 1.9rem; margin-bottom: .8rem; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    .slide { min-height: 99vh; max-width: none; padding: 0; border: 0; break-after: page; } .slide:last-of-type { break-after: auto; }
    details { display: none; } pre { white-space: pre-wrap; overflow: visible; } .table { overflow: visible; }
    h2, h3, figcaption { break-after: avoid; } svg, tr, li, .figures > div, .dimension, .fact { break-inside: avoid; } thead { display: table-header-group; }
    .graph svg { max-height: 80vh; }
}
`;

const script = `
const slides = [...document.querySelectorAll(".slide")];
const current = () => slides.reduce((best, slide, index) => Math.abs(slide.getBoundingClientRect().top) < Math.abs(slides[best].getBoundingClientRect().top) ? index : best, 0);
const go = (index) => slides[Math.max(0, Math.min(index, slides.length - 1))].scrollIntoView();
addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowRight: 1, PageDown: 1, " ": event.shiftKey ? -1 : 1, ArrowLeft: -1, PageUp: -1 }[event.key];
    const to = by === undefined ? { Home: 0, End: slides.length - 1 }[event.key] : current() + by;
    if (to !== undefined) { event.preventDefault(); go(to); }
});
`;

function hash(text: string): string {
    return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** The page with its own style and script. Its security policy blocks everything else, even if the data contains scripts. */
export function buildPage(title: string, slides: readonly string[]): string {
    const policy = `default-src 'none'; img-src data:; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`;
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${slides.join("\n")}
<script>${script}</script>
</body>
</html>
`;
}
