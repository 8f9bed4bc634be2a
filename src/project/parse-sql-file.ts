import { didYouMean, nearestNameOrNull } from "../text/nearest-name.js";
import type { FileProblem } from "./problem.js";

/** One labelled line of a header: `Grain: one row per order.` */
interface Label {
    /** Without a full stop. */
    readonly value: string;
    readonly line: number;
}

export interface SqlFile {
    /** The header's text before its first label. */
    readonly description: string;
    /** By label, in lower case. */
    readonly labels: Readonly<Record<string, Label>>;
    readonly select: string;
    /** The line on which `select` begins, from 1. */
    readonly selectLine: number;
    readonly problems: readonly FileProblem[];
}

/**
 * Divides a SQL file into its header and its SELECT. The header is the comment at the beginning, up to the first line that is no
 * comment: sentences, then labels.
 *
 *     -- Order lines, priced from the product version that was valid when the order was placed.
 *     -- Grain: one row per order line.
 *     -- Key: order_item_id.
 *
 * A label's value may continue on the next line. Comments after a blank line belong to the SELECT.
 */
export function parseSqlFile(path: string, text: string, knownLabels: readonly string[]): SqlFile {
    const lines = text.split("\n");
    const problems: FileProblem[] = [];
    const description: string[] = [];
    const labels: Record<string, Label> = {};
    let current: string | null = null;
    let index = lines.findIndex((line) => line.trim() !== "");
    for (; /^\s*--/.test(lines[index] ?? ""); index++) {
        const content = (lines[index] ?? "")
            .trim()
            .replace(/^--+\s?/, "")
            .trim();
        const [, word = "", value = ""] = /^([A-Za-z][A-Za-z ]*):\s*(.*)$/.exec(content) ?? [];
        const label = word.toLowerCase();
        const complain = (message: string, hint: string): void => {
            problems.push({ path, line: index + 1, column: null, lineText: lines[index] ?? null, message, hint });
        };
        if (knownLabels.includes(label)) {
            if (labels[label] !== undefined) {
                complain(`"${word}:" is said twice.`, `It is said on line ${labels[label].line} already.`);
            }
            labels[label] = { value, line: index + 1 };
            current = label;
        } else if (word !== "" && isNearlyKnown(label, knownLabels)) {
            complain(`There is no "${word}:".`, didYouMean(label, knownLabels, ""));
            current = null;
        } else if (current === null) {
            description.push(content);
        } else {
            const before = labels[current];
            labels[current] = { value: `${before?.value ?? ""} ${content}`.trim(), line: before?.line ?? index + 1 };
        }
    }
    while (index >= 0 && index < lines.length && (lines[index] ?? "").trim() === "") {
        index++;
    }
    const select = index < 0 ? "" : lines.slice(index).join("\n").trimEnd().replace(/;$/, "").trimEnd();
    return {
        description: description.join(" ").trim(),
        labels: Object.fromEntries(
            Object.entries(labels).map(([label, { value, line }]) => [
                label,
                { value: value.replace(/\.$/, ""), line },
            ]),
        ),
        select,
        selectLine: Math.max(0, index) + 1,
        problems,
    };
}

/** True for a label with a wrong letter, which is a mistake; any other word before a colon is part of a sentence. */
function isNearlyKnown(label: string, known: readonly string[]): boolean {
    const nearest = nearestNameOrNull(label, known);
    return nearest?.startsWith(label.slice(0, 1)) === true && Math.abs(nearest.length - label.length) <= 1;
}

/** Parses column names written as in SQL, separated by commas: `order_id, "EAN"`. */
export function parseNames(text: string): readonly string[] {
    return [...text.matchAll(/"((?:[^"]|"")*)"|[^,"]+/g)]
        .map(([all, quoted]) => (quoted === undefined ? all.trim().toLowerCase() : quoted.replaceAll('""', '"')))
        .filter((name) => name !== "");
}
