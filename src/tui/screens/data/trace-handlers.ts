import type { App } from "../../app/app.js";
import type { DataTarget, Handler, Handlers } from "../../kit/screen.js";
import type { OpenGrid } from "./open-grids.js";
import { findUpstream, untraceableReason } from "./trace-row.js";

export interface TraceOptions {
    readonly current: () => OpenGrid | null;
    /** Makes an action that needs open rows. */
    readonly withOpen: (run: (open: OpenGrid) => void, reason: (open: OpenGrid) => string | null) => Handler;
    readonly noRow: (open: OpenGrid) => string | null;
    /** Shows one row with all its columns. */
    readonly openRow: (open: OpenGrid) => void;
    /** Opens the first target above the open rows; the other targets can be shown in its place. */
    readonly drill: (targets: readonly DataTarget[]) => void;
    readonly turn: (by: 1 | -1) => void;
}

export interface Tracing {
    readonly handlers: Handlers;
    readonly isLooking: () => boolean;
    /** Cancels the search for the rows upstream. */
    readonly cancel: () => void;
}

/** After this time a message says that the search is running. */
const silentMs = 400;

/** The actions that go from a row to the rows upstream that it was made from, turn to rows beside them, and show the whole row. */
export function makeTracing(app: App, options: TraceOptions): Tracing {
    const { current, withOpen, noRow, openRow, drill, turn } = options;
    let looking: AbortController | null = null;
    const isOnTheWay = (open: OpenGrid | null): boolean =>
        open?.target.trace !== undefined && untraceableReason(app, open) === null;

    function trace(open: OpenGrid): void {
        looking?.abort();
        const own = new AbortController();
        looking = own;
        const timer = setTimeout(() => {
            app.say("Looking for the rows that it was made from: x cancels.");
        }, silentMs);
        const end = (then: () => void): void => {
            clearTimeout(timer);
            // Show the result only if the person has not moved on meanwhile.
            if (looking === own) {
                looking = null;
                if (!own.signal.aborted && current() === open) {
                    then();
                }
            }
        };
        findUpstream(app, open, own.signal).then(
            (targets) => {
                end(() => {
                    drill(targets);
                });
            },
            (error: unknown) => {
                end(() => {
                    app.say(error instanceof Error ? error.message : String(error), "failed");
                });
            },
        );
    }

    const turnBy = (by: 1 | -1): Handler => ({
        run: () => {
            turn(by);
        },
        disabledReason: () => ((current()?.beside.length ?? 0) > 1 ? null : "there is nothing beside these rows"),
    });

    return {
        handlers: {
            open: {
                ...withOpen((open) => {
                    if (isOnTheWay(open)) {
                        trace(open);
                    } else {
                        openRow(open);
                    }
                }, noRow),
                title: () => (isOnTheWay(current()) ? "upstream" : "whole row"),
            },
            "data.row": withOpen(openRow, noRow),
            "data.trace": withOpen(trace, (open) => untraceableReason(app, open)),
            "tab.next": turnBy(1),
            "tab.previous": turnBy(-1),
        },
        isLooking: () => looking !== null,
        cancel: () => {
            looking?.abort();
            looking = null;
        },
    };
}
