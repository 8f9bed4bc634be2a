import { makeLinesVisible } from "../../text/visible-text.js";

const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
};

/** Text from anywhere as text of a page or of an attribute in quotes; control characters made visible. */
export function escapeHtml(text: string): string {
    return makeLinesVisible(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
