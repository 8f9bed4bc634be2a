import { makeLinesVisible } from "../../text/visible-text.js";

const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
};

/** Escapes any text for an element or a quoted attribute; control characters are made visible. */
export function escapeHtml(text: string): string {
    return makeLinesVisible(text).replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
