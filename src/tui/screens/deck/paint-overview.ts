import type { Deck } from "../../../deck/slide.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { markSelected } from "../../kit/lines/table-lines.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Theme } from "../../kit/theme.js";

/** All slides by number and title, in as many columns as needed; the marked one is always in view. */
export function paintOverview(
    deck: Deck,
    marked: number,
    { columns, rows }: TerminalSize,
    theme: Theme,
): readonly string[] {
    const height = Math.max(1, rows - 2);
    const columnCount = Math.max(1, Math.min(Math.ceil(deck.slides.length / height), Math.floor(columns / 36)));
    const width = Math.floor((columns - 2) / columnCount);
    const perPage = height * columnCount;
    const first = Math.floor(marked / perPage) * perPage;
    const digits = String(deck.slides.length).length;
    const lines = Array.from({ length: height }, (_, row) =>
        Array.from({ length: columnCount }, (__, column) => {
            const index = first + column * height + row;
            const slide = deck.slides[index];
            const text = slide === undefined ? "" : `${String(index + 1).padStart(digits)}  ${slide.title}`;
            return markSelected(fitText(text, width - 2), index === marked, width, theme);
        }).join(""),
    );
    return [theme.style("strong", " All slides"), "", ...lines.map((line) => ` ${line}`)].slice(0, rows);
}
