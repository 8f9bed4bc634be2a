import type { Theme } from "../../kit/theme.js";
import type { GridState } from "./grid-state.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { wrapText } from "../../kit/lines/fit-text.js";

/** What a notice depends on besides the grid itself. */
export interface NoticeFacts {
    readonly width: number;
    readonly theme: Theme;
    readonly nowMs: number;
    readonly isOpening: boolean;
    /** A build of this interface is running, which holds the only session of an embedded database. */
    readonly isBuilding: boolean;
    /** The rows are those of a model that has never been built. */
    readonly isNeverBuilt: boolean;
    /** The interface may build it. */
    readonly canBuild: boolean;
    /** Other rows can be shown in place of these. */
    readonly hasOthers: boolean;
}

/** The lines in place of rows; none when there are rows. */
export function formatGridNotice(state: GridState, facts: NoticeFacts): readonly string[] {
    const { width, theme } = facts;
    const { window, failure, work, target } = state;
    const say = (text: string): readonly string[] => wrapText(text, width - 4).map((line) => `  ${line}`);
    if (window === null) {
        if (failure !== null) {
            return [
                "",
                ...formatErrorLines(failure.error, width - 4, theme).map((line) => `  ${line}`),
                "",
                ...say(
                    `r tries again   ${target.kind === "query" ? "" : "d chooses another relation   "}esc goes back`,
                ),
            ];
        }
        return work === null ? [] : ["", ...describeWaiting(state, facts).flatMap(say)];
    }
    if (window.rows.length > 0 || window.hasBefore || window.hasAfter) {
        return [];
    }
    return ["", ...describeEmpty(state, facts).flatMap(say)];
}

function describeWaiting({ work }: GridState, { nowMs, isOpening, isBuilding }: NoticeFacts): readonly string[] {
    const seconds = Math.floor((nowMs - (work?.startedAtMs ?? nowMs)) / 1000);
    const what = (work?.what ?? "reading").replace(/^./, (letter) => letter.toUpperCase());
    const since = seconds < 1 ? " …" : `: running ${seconds} s, x cancels.`;
    return [
        what + since,
        ...(isOpening ? ["It waits until the database is open."] : []),
        ...(isBuilding && seconds >= 1
            ? ["A build is running: on the embedded database reads wait for its statements."]
            : []),
    ];
}

function describeEmpty({ arrangement, relation, target }: GridState, facts: NoticeFacts): readonly string[] {
    const view = arrangement?.view;
    const given = target.kind === "relation" ? target.where : null;
    // For a trace and for a data test, the title says which rows these would be.
    if (target.trace !== undefined && view?.filters.length === 0 && view.where === given) {
        const others = facts.hasOthers ? "] shows what else there is   " : "";
        return [`There are no ${target.title ?? "such rows"}.`, `${others}esc goes back`];
    }
    if (view !== undefined && (view.filters.length > 0 || view.where !== null)) {
        return ["No row fulfils the conditions.", "u takes the last one back   esc clears them   w writes another"];
    }
    if (facts.isNeverBuilt) {
        return [
            "It has no rows: it was never built.",
            facts.canBuild ? "b builds it" : "stardeck build builds it; here nothing may be changed (--read-only)",
        ];
    }
    return relation?.source.from === "query" ? ["The query gives no rows.", "Q changes it"] : ["It has no rows."];
}
