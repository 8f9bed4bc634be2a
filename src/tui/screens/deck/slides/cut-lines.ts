import { formatQuantity } from "../../../../text/format-values.js";
import type { Theme } from "../../../kit/theme.js";

/** At most `rows` lines; the last one counts the lines that do not fit. */
export function cutLines(lines: readonly string[], rows: number, theme: Theme): readonly string[] {
    return lines.length <= rows
        ? lines
        : [
              ...lines.slice(0, rows - 1),
              theme.style("dim", `${theme.symbols.ellipsis} ${formatQuantity(lines.length - rows + 1, "line")} more`),
          ];
}
