import { replaceSection } from "../../config/replace-section.js";
import { formatKey, keymap } from "../kit/keymap.js";

/** The keys of the interface as a Markdown table, made from the keymap. The keys of the slides are documented elsewhere. */
function formatKeyTable(): string {
    const bindings = keymap.filter(({ group }) => group !== "Slides");
    const groups = [...new Set(bindings.map(({ group }) => group))];
    const rows = groups.flatMap((group) => [
        `| **${group}** | | |`,
        ...bindings
            .filter((binding) => binding.group === group)
            .map(
                ({ keys, title, description }) => `| ${keys.map(formatInline).join(" ")} | ${title} | ${description} |`,
            ),
    ]);
    return ["| keys | | what happens |", "| --- | --- | --- |", ...rows].join("\n");
}

function formatInline(key: string): string {
    return `\`${formatKey(key, { isAscii: false })}\``;
}

/** The page `docs/reference/keys.md` with its table brought up to date. */
export function updateKeyTable(page: string): string {
    return replaceSection(page, "keys", formatKeyTable());
}
