import { formatQuantity } from "../../../text/format-values.js";
import type { ListedTest } from "../../../runs/test-list.js";
import type { DataTest } from "../../../warehouse/registry.js";
import type { DetailLine } from "../../kit/lines/detail-lines.js";
import { fitText, wrapText } from "../../kit/lines/fit-text.js";
import { formatAgo } from "../../kit/lines/format-ago.js";
import { lookOfTest } from "../../kit/lines/state-look.js";
import { fitStyled } from "../../terminal/styled-line.js";
import { shortTestName } from "./models-list.js";
import type { TabOptions } from "./overview-tab.js";

const severity: Readonly<Record<string, number>> = { broken: 0, failed: 1, warned: 2, known: 3, passed: 5 };

export interface TestsTabOptions extends TabOptions {
    readonly lastTestOf: (testName: string) => ListedTest | null;
    readonly isHeld: (testName: string) => boolean;
}

/** The data tests of a model with their last results, the worst first; Enter goes to the selected test. */
export function formatModelTests(tests: readonly DataTest[], options: TestsTabOptions): readonly DetailLine[] {
    const { width, theme, lastTestOf } = options;
    if (tests.length === 0) {
        return [{ text: theme.style("dim", "It has no data tests.") }];
    }
    const rank = ({ name }: DataTest): number => severity[lastTestOf(name)?.status ?? ""] ?? 4;
    const sorted = [...tests].sort((one, other) => rank(one) - rank(other));
    return sorted.flatMap((test) => {
        const last = lastTestOf(test.name);
        const isBad = last !== null && last.status !== "passed";
        const about = isBad ? [test.description, last.message ?? ""].filter((text) => text !== "") : [];
        return [
            { text: formatTestLine(test, last, options), target: { screen: "tests", testName: test.name } as const },
            ...about
                .flatMap((text) => wrapText(text, Math.max(8, width - 8)))
                .map((text) => ({ text: theme.style("dim", `        ${text}`) })),
        ];
    });
}

/** `! warn  recorded_price_is_positive   17 rows   2 h ago` */
function formatTestLine(
    test: DataTest,
    last: ListedTest | null,
    { width, theme, nowMs, isHeld }: TestsTabOptions,
): string {
    const [role, symbol, word] = lookOfTest(last?.status ?? null, theme, isHeld(test.name));
    const when = last === null ? "" : formatAgo(last.ranAtMs, nowMs);
    const isBad = last !== null && last.status !== "passed";
    const found = isBad && last.status !== "broken" ? formatQuantity(last.failingCount, "row") : "";
    const [whenWidth, foundWidth] = [width < 60 ? 0 : 11, 13];
    const name = fitText(shortTestName(test), Math.max(8, width - 8 - foundWidth - whenWidth));
    const text = [
        theme.style(role, `${symbol} ${fitText(word, 5)}`),
        isBad ? theme.style(role, name) : name,
        fitText(found, foundWidth - 1, "right"),
        ...(whenWidth === 0 ? [] : [theme.style("dim", fitText(when, whenWidth - 1, "right"))]),
    ].join(" ");
    return fitStyled(text, width);
}
