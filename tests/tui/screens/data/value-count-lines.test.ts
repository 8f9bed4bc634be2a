import { expect, it } from "vitest";
import { formatValueCount } from "../../../../src/tui/screens/data/value-count-lines.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { plainLine } from "../../plain-line.js";
import { makeColumn } from "../../sample-grid.js";

it.each([
    [0, ""],
    [1, "▏"],
    [8, "█"],
    [79, "█████████▉"],
    [159, "███████████████████▉"],
    [160, "████████████████████"],
    // Nearer to a whole cell than to seven eighths of it.
    [159.6, "████████████████████"],
])("draws a bar for %d of 160 in eighths of a cell", (count, bar) => {
    const line = formatValueCount({ value: "PAID", isClipped: false, count, share: 0.5 }, makeColumn("status"), {
        most: 160,
        width: 80,
        isSelected: false,
        theme: makeTheme("mono", false),
    });
    expect(plainLine(line).trimEnd().split("%")[1]?.trim()).toBe(bar);
});
