import { createHash } from "node:crypto";
import { escapeHtml } from "./escape-html.js";

const style = `
:root { color-scheme: light dark; --back: #fff; --text: #1c2024; --dim: #667079; --line: #d5dade; --accent: #0b6bcb; --ok: #197a3d; --warned: #8a5a00; --failed: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --back: #14171a; --text: #e8eaed; --dim: #98a1a9; --line: #363c42; --accent: #6cb6ff; --ok: #6bd18b; --warned: #e3b341; --failed: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 18px/1.5 system-ui, sans-serif; }
.slide { min-height: 100vh; max-width: 72rem; margin: 0 auto; padding: 3rem 2rem; border-bottom: 1px solid var(--line); scroll-margin-top: 0; }
.cover { display: flex; flex-direction: column; justify-content: center; }
h1 { font-size: 4rem; margin: 0 0 1rem; color: var(--accent); } h2 { font-size: 2.2rem; margin: 0 0 1.5rem; color: var(--accent); line-height: 1.2; }
h3 { font-size: 1.05rem; margin: 0 0 .3rem; } li { margin: .35rem 0; } code { font-family: ui-monospace, monospace; font-size: .9em; }
pre { overflow-x: auto; padding: 1rem; border: 1px solid var(--line); border-radius: 6px; font-size: .8rem; } details { margin: .75rem 0; color: var(--dim); } summary { cursor: pointer; }
table { border-collapse: collapse; margin: 1rem 0; font-size: .85rem; font-variant-numeric: tabular-nums; display: block; overflow-x: auto; }
th, td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; white-space: pre-wrap; overflow-wrap: anywhere; } th { color: var(--dim); font-weight: 600; overflow-wrap: normal; }
caption { caption-side: bottom; text-align: left; color: var(--dim); padding-top: .4rem; } .right { text-align: right; } .center { text-align: center; }
.dim { color: var(--dim); } .ok { color: var(--ok); } .warned { color: var(--warned); } .failed { color: var(--failed); }
figure { margin: 1rem 0; } figcaption { font-weight: 600; } figure svg { width: 100%; height: auto; }
.bar { fill: var(--accent); } .negative { fill: var(--failed); } .line { fill: none; stroke: var(--accent); stroke-width: 3; stroke-linejoin: round; } .grid { stroke: var(--line); }
svg text { fill: var(--dim); font: 13px system-ui, sans-serif; } .tick { text-anchor: end; } .label { text-anchor: middle; } .span { width: 12rem; height: .7rem; background: var(--line); } .span rect { fill: var(--accent); }
.figures { display: flex; flex-wrap: wrap; gap: 2.5rem; margin: 1.5rem 0; } .figures div { display: flex; flex-direction: column; } .figures strong { font-size: 2.6rem; line-height: 1.1; } .figures span { color: var(--dim); }
.layers { display: flex; flex-wrap: wrap; gap: 2rem; } .layers ul { list-style: none; margin: 0; padding: 0; font-family: ui-monospace, monospace; font-size: .85rem; } .layers .focus { font-weight: 700; text-decoration: underline; }
.layers .ok::before { content: "✓ "; } .layers .warned::before { content: "! "; } .layers .failed::before { content: "✗ "; }
.star { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 1rem; } .star > div { border: 1px solid var(--line); border-radius: 8px; padding: 1rem; } .star p { margin: .4rem 0 0; color: var(--dim); font-size: .85rem; } .star .fact { border: 2px solid var(--accent); grid-row: span 2; }
@media print { .slide { min-height: 0; page-break-after: always; border: 0; } details { display: none; } }
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

/** The page with its own style and script. Nothing else can run or be loaded, whatever the data contains. */
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
