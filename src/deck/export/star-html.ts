import type { StarContent } from "../block-content.js";
import { escapeHtml } from "./escape-html.js";

type Dimension = StarContent["dimensions"][number];

/** The fact in the middle with its dimensions at both sides, joined by lines, as in the interface. */
export function buildStarHtml({ fact, grain, measures, dimensions }: StarContent): string {
    const left = dimensions.filter((_, index) => index % 2 === 0);
    const right = dimensions.filter((_, index) => index % 2 === 1);
    const columns = measures.map((name) => `<li>${escapeHtml(name)}</li>`).join("");
    const middle = `<div class="fact"><h3>${escapeHtml(fact)}</h3><p>${escapeHtml(grain)}</p><ul>${columns}</ul></div>`;
    return `<div class="star">${buildSide(left)}${drawLines(left, true)}${middle}${drawLines(right, false)}${buildSide(right)}</div>`;
}

/** Dimensions one below the other, each in a part of the same height. */
function buildSide(dimensions: readonly Dimension[]): string {
    const boxes = dimensions.map(
        ({ name, keys, grain }) =>
            `<div><div class="dimension"><h3>${escapeHtml(name)}</h3><code>${escapeHtml(keys.join(", "))}</code><p>${escapeHtml(grain)}</p></div></div>`,
    );
    return `<div class="side">${boxes.join("")}</div>`;
}

/** Lines from the middle of each dimension's part to the middle of the fact. */
function drawLines(dimensions: readonly Dimension[], isLeft: boolean): string {
    const paths = dimensions.map((_, index) => {
        const y = Math.round((1000 * (index + 0.5)) / dimensions.length);
        return `<path d="M${isLeft ? 0 : 100} ${y}H50V500H${isLeft ? 100 : 0}"/>`;
    });
    return `<div class="joins"><svg viewBox="0 0 100 1000" preserveAspectRatio="none" aria-hidden="true">${paths.join("")}</svg></div>`;
}
