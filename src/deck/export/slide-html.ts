import type { Slide, SlideNode, Span } from "../slide.js";
import { escapeHtml } from "./escape-html.js";

/** The footer of each slide. */
export interface SlideFoot {
    /** The deck's title, and when its blocks were read. */
    readonly text: string;
    /** From 1. */
    readonly number: number;
    readonly count: number;
}

/** A slide as a section of the page; `blocks` are its live blocks in order. */
export function buildSlideHtml(slide: Slide, blocks: readonly string[], { text, number, count }: SlideFoot): string {
    const level = slide.heading?.level === 1 ? 1 : 2;
    const heading = slide.heading === null ? "" : `<h${level}>${buildSpans(slide.heading.spans)}</h${level}>`;
    const body = buildBody(slide.nodes, blocks).join("\n");
    const foot = `<footer><span>${escapeHtml(text)}</span><span>${number} / ${count}</span></footer>`;
    return `<section class="slide${level === 1 ? " cover" : ""}" aria-label="${escapeHtml(slide.title)}"><div class="content">${heading}\n${body}</div>${foot}</section>`;
}

/** The nodes in order; a chart and the table that follows it are put side by side if they fit. */
function buildBody(nodes: readonly SlideNode[], blocks: readonly string[]): readonly string[] {
    const parts: string[] = [];
    let block = 0;
    for (const [index, node] of nodes.entries()) {
        const html = node.kind === "block" ? (blocks[block++] ?? "") : buildNode(node);
        if (kindOfBlock(nodes[index - 1]) === "chart" && kindOfBlock(node) === "table") {
            parts.push(`<div class="beside">${parts.pop() ?? ""}${html}</div>`);
        } else {
            parts.push(html);
        }
    }
    return parts;
}

function kindOfBlock(node: SlideNode | undefined): string | null {
    return node?.kind === "block" ? node.block.kind : null;
}

function buildNode(node: Exclude<SlideNode, { readonly kind: "block" }>): string {
    switch (node.kind) {
        case "heading":
            return `<h3>${buildSpans(node.spans)}</h3>`;
        case "paragraph":
            return `<p>${buildSpans(node.spans)}</p>`;
        case "list": {
            const items = node.items.map((nodes) => `<li>${buildItem(nodes)}</li>`).join("");
            return node.start === null ? `<ul>${items}</ul>` : `<ol start="${node.start}">${items}</ol>`;
        }
        case "quote":
            return `<blockquote>${buildNodes(node.nodes)}</blockquote>`;
        case "code":
            return `<pre><code>${escapeHtml(node.text)}</code></pre>`;
        case "table": {
            const cell = (tag: string, spans: readonly Span[], column: number): string =>
                `<${tag} class="${node.aligns[column] ?? "left"}">${buildSpans(spans)}</${tag}>`;
            const head = node.head.map((spans, column) => cell("th", spans, column)).join("");
            const rows = node.rows.map(
                (row) => `<tr>${row.map((spans, column) => cell("td", spans, column)).join("")}</tr>`,
            );
            return `<div class="table prose"><table><thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
        }
        case "rule":
            return "<hr>";
        case "wrong":
            return `<p class="failed">${escapeHtml(`${node.message} ${node.place.file}, line ${node.place.line}. ${node.hint}`)}</p>`;
    }
}

/** A list item; its first paragraph gets no element of its own. */
function buildItem(nodes: readonly SlideNode[]): string {
    const [first, ...others] = nodes;
    return first?.kind === "paragraph" ? buildSpans(first.spans) + buildNodes(others) : buildNodes(nodes);
}

function buildNodes(nodes: readonly SlideNode[]): string {
    return nodes.map((node) => (node.kind === "block" ? "" : buildNode(node))).join("");
}

/** Spans as HTML; links with other schemes than http, https and mailto become plain text. */
function buildSpans(spans: readonly Span[]): string {
    return spans
        .map(({ text, isStrong, isEmphasis, isCode, href }) => {
            let html = escapeHtml(text).replaceAll("\n", "<br>");
            html = isCode ? `<code>${html}</code>` : html;
            html = isEmphasis ? `<em>${html}</em>` : html;
            html = isStrong ? `<strong>${html}</strong>` : html;
            return href !== null && /^(https?:|mailto:)/i.test(href)
                ? `<a href="${escapeHtml(href)}" rel="noreferrer">${html}</a>`
                : html;
        })
        .join("");
}
