import { judgeNews } from "../../app/shared-reads.js";
import { isRunning } from "../../app/builds/run-progress.js";
import { fitStyled, styledWidth } from "../../terminal/styled-line.js";
import type { Role, Theme } from "../../kit/theme.js";
import { formatDay } from "./home-lines.js";
import { isNothingBuilt, type HomeFacts } from "./home-items.js";

/** The state of the warehouse in a line: `✓ up to date   ! 9 tests warn   ✓ 5 sources fresh`. */
export function formatVerdict(
    facts: Pick<HomeFacts, "catalogue" | "run" | "news" | "staleness">,
    { width, theme, nowMs }: { readonly width: number; readonly theme: Theme; readonly nowMs: number },
): string {
    const { symbols } = theme;
    const say = (role: Role, symbol: string, text: string): string => theme.style(role, `${symbol} ${text}`);
    const parts = [
        ...describeBuild(facts, say, theme),
        ...describeTests(facts, say, theme),
        ...describeSources(facts, nowMs, say, theme),
    ];
    // A part that does not fit is left out rather than cut; failures and warnings come first.
    const line = parts
        .sort((one, other) => rankOf(one) - rankOf(other))
        .reduce((before, part) => {
            const longer = before === "" ? part : `${before}   ${part}`;
            return styledWidth(longer) <= width ? longer : before;
        }, "");
    return fitStyled(line === "" ? "The warehouse" : line, width);

    function rankOf(part: string): number {
        return part.includes(symbols.failed) ? 0 : part.includes(symbols.warned) ? 1 : 2;
    }
}

type Say = (role: Role, symbol: string, text: string) => string;

function describeBuild(
    { catalogue, run, staleness }: Pick<HomeFacts, "catalogue" | "run" | "staleness">,
    say: Say,
    { symbols }: Theme,
): readonly string[] {
    if (run !== null && isRunning(run)) {
        return [say("running", symbols.running, "building")];
    }
    const failed = [...catalogue.models.values()].filter(({ lastStatus }) => lastStatus === "failed").length;
    const failures =
        failed === 0 ? [] : [say("failed", symbols.failed, count(failed, "model failed", "models failed"))];
    if (isNothingBuilt(catalogue, run)) {
        return [...failures, say("warned", symbols.warned, "never built")];
    }
    const stale = [...(staleness.value?.values() ?? [])].filter(({ kind }) => kind === "stale").length;
    return [
        ...failures,
        ...(stale === 0 ? [] : [say("warned", symbols.warned, count(stale, "model stale", "models stale"))]),
        ...(failed > 0 || stale > 0 || staleness.value === null ? [] : [say("ok", symbols.ok, "up to date")]),
    ];
}

function describeTests({ catalogue }: Pick<HomeFacts, "catalogue">, say: Say, { symbols }: Theme): readonly string[] {
    const { registry, tests, heldTests } = catalogue;
    const counts = { passed: 0, failed: 0, warned: 0, known: 0 };
    for (const { name } of registry.tests) {
        const status = tests.get(name)?.status;
        // A data test that a constraint guarantees need not run.
        counts.passed += status === "passed" || (status === undefined && heldTests.has(name)) ? 1 : 0;
        counts.known += status === "known" ? 1 : 0;
        counts.warned += status === "warned" ? 1 : 0;
        counts.failed += status === "failed" || status === "broken" ? 1 : 0;
    }
    return [
        ...(counts.failed === 0
            ? []
            : [say("failed", symbols.failed, count(counts.failed, "test failed", "tests failed"))]),
        ...(counts.warned === 0
            ? []
            : [say("warned", symbols.warned, count(counts.warned, "test warns", "tests warn"))]),
        ...(counts.known === 0 ? [] : [count(counts.known, "known warning", "known warnings")]),
        ...(counts.passed === 0 ? [] : [say("ok", symbols.ok, count(counts.passed, "test passed", "tests passed"))]),
    ];
}

function describeSources(
    { catalogue, news }: Pick<HomeFacts, "catalogue" | "news">,
    nowMs: number,
    say: Say,
    { symbols }: Theme,
): readonly string[] {
    let [fresh, old, bad] = [0, 0, 0];
    const demoDays = [...news.values()].flatMap(({ isDemo, newestMs }) =>
        isDemo && newestMs !== null ? [formatDay(newestMs)] : [],
    );
    for (const source of catalogue.registry.sources) {
        const known = news.get(source.name);
        if (known?.problem) {
            bad++;
        } else if (known?.newestMs !== null && known?.newestMs !== undefined) {
            const judged = judgeNews(source, known, nowMs);
            fresh += judged === "fresh" ? 1 : 0;
            old += (judged === "stale" || judged === "much too old") && known.isAsked ? 1 : 0;
        }
    }
    return [
        ...(demoDays.length === 0 ? [] : [`demo data up to ${demoDays.sort().at(-1) ?? ""}`]),
        ...(bad === 0 ? [] : [say("failed", symbols.failed, count(bad, "source unreadable", "sources unreadable"))]),
        ...(old === 0 ? [] : [say("warned", symbols.warned, count(old, "source not fresh", "sources not fresh"))]),
        ...(fresh === 0 || old > 0 || bad > 0
            ? []
            : [say("ok", symbols.ok, count(fresh, "source fresh", "sources fresh"))]),
    ];
}

function count(number: number, one: string, many: string): string {
    return `${number} ${number === 1 ? one : many}`;
}
