import type { App } from "../../app/app.js";
import type { Handler, Handlers } from "../../kit/screen.js";
import { countedMs } from "../../../deck/presentation.js";
import { makeTextViewer } from "../../kit/text-viewer.js";
import { formatSqlLines } from "../../kit/lines/highlight-sql.js";
import type { DeckReads } from "./deck-reads.js";
import type { DeckState } from "./deck-state.js";
import { targetOfBlockOrNull } from "./dive.js";
import { changeSpeed, toggleReplay, type Replay } from "./replay.js";

export interface DeckActionsOptions {
    readonly app: App;
    readonly state: DeckState;
    readonly reads: DeckReads;
    /** By how many lines the slide in view can be scrolled. */
    readonly maxOffset: () => number;
}

/** The actions while slides are shown. */
export function makeDeckActions({ app, state, reads, maxOffset }: DeckActionsOptions): Handlers {
    const { deck, goTo, change } = state;
    const count = deck.slides.length;
    const moveBy = (by: number): void => {
        const { overview, index } = state.get();
        if (overview === null) {
            goTo(index + by);
        } else {
            mark(overview + by);
        }
    };
    const mark = (index: number): void => {
        change({ overview: Math.max(0, Math.min(index, count - 1)) });
    };
    const scroll = (by: number): void => {
        if (state.get().overview === null) {
            change({ offset: Math.max(0, Math.min(state.get().offset + by, maxOffset())) });
        } else {
            moveBy(by);
        }
    };
    const reasonNotToScroll = (): string | null =>
        state.get().overview === null && maxOffset() === 0 ? "all of the slide is in view" : null;
    const focused = (): { readonly index: number; readonly block: ReturnType<DeckState["blocks"]>[number] } | null => {
        const { focus } = state.get();
        const block = state.blocks()[focus];
        return block === undefined ? null : { index: focus, block };
    };

    return {
        "deck.next": step(1, () => (state.get().index === count - 1 ? "this is the last slide" : null)),
        "deck.previous": step(-1, () => (state.get().index === 0 ? "this is the first slide" : null)),
        "deck.first": {
            run: () => {
                moveBy(-count);
            },
        },
        "deck.last": {
            run: () => {
                moveBy(count);
            },
        },
        "deck.number": {
            run: () => {
                app.ask({
                    label: `Slide number (1 to ${count})`,
                    onSubmit: (text) => {
                        goToNumber(app, state, text.trim());
                    },
                });
            },
        },
        "deck.overview": {
            run: () => {
                change({ overview: state.get().overview === null ? state.get().index : null });
            },
        },
        "deck.blank": {
            run: () => {
                change({ isBlank: true });
            },
        },
        "deck.timer": {
            run: () => {
                const { timer } = state.get();
                const nowMs = app.now();
                change({
                    isTimerShown: true,
                    timer:
                        timer.startedAtMs === null
                            ? { ...timer, startedAtMs: nowMs }
                            : { startedAtMs: null, countedMs: countedMs(timer, nowMs) },
                });
            },
        },
        "deck.timerReset": {
            run: () => {
                const isRunning = state.get().timer.startedAtMs !== null;
                change({ timer: { startedAtMs: isRunning ? app.now() : null, countedMs: 0 } });
            },
            disabledReason: () => (state.get().isTimerShown ? null : "the timer was not started yet"),
        },
        "deck.play": replayBy((replay) => toggleReplay(replay, app.now())),
        "deck.faster": replayBy((replay) => changeSpeed(replay, 2, app.now())),
        "deck.slower": replayBy((replay) => changeSpeed(replay, 1 / 2, app.now())),
        "deck.sql": {
            run: () => {
                showSql();
            },
            disabledReason: () => (sqlOrNull() === null ? "there is no SQL behind this slide" : null),
        },
        "deck.warehouse": {
            run: () => {
                app.go({ screen: "home" });
            },
        },
        open: {
            run: () => {
                const { overview } = state.get();
                if (overview !== null) {
                    goTo(overview);
                    return;
                }
                const found = focused();
                const target =
                    found === null
                        ? null
                        : targetOfBlockOrNull(found.block.block, reads.stateOf(state.get().index, found.index));
                if (target !== null) {
                    app.go(target);
                }
            },
            disabledReason: () => {
                const found = focused();
                if (state.get().overview !== null) {
                    return null;
                }
                if (found === null) {
                    return "there is nothing to open on this slide";
                }
                return targetOfBlockOrNull(found.block.block, reads.stateOf(state.get().index, found.index)) === null
                    ? "it has not been read"
                    : null;
            },
        },
        back: {
            run: () => {
                change({ overview: null, typed: "" });
            },
            disabledReason: () =>
                state.get().overview === null && state.get().typed === "" ? "q ends the presentation" : null,
        },
        "pane.next": focusBy(1),
        "pane.previous": focusBy(-1),
        "move.up": scrollBy(-1),
        "move.down": scrollBy(1),
        refresh: {
            run: () => {
                reads.refresh();
                app.say("Reading the slides' blocks again.");
            },
        },
    };

    function step(by: number, reason: () => string | null): Handler {
        return {
            run: () => {
                moveBy(by);
            },
            disabledReason: () => (state.get().overview === null ? reason() : null),
        };
    }

    function scrollBy(by: number): Handler {
        return {
            run: () => {
                scroll(by);
            },
            disabledReason: reasonNotToScroll,
        };
    }

    function replayBy(makeNext: (replay: Replay) => Replay): Handler {
        return {
            run: () => {
                const { replay } = state.get();
                if (replay !== null) {
                    change({ replay: makeNext(replay) });
                }
            },
            disabledReason: () => (state.get().replay === null ? "there is no recorded run on this slide" : null),
        };
    }

    function focusBy(by: number): Handler {
        return {
            run: () => {
                const blocks = state.blocks().length;
                change({ focus: (state.get().focus + by + blocks) % blocks });
            },
            disabledReason: () => (state.blocks().length < 2 ? "there is one block at most" : null),
        };
    }

    function sqlOrNull(): { readonly title: string; readonly sql: string } | null {
        const { index, focus } = state.get();
        // The SQL of the block with the focus, else of the first block that has any.
        for (const place of [focus, ...state.blocks().keys()]) {
            const block = state.blocks()[place]?.block;
            const read = reads.stateOf(index, place);
            if (block === undefined || read.kind !== "loaded") {
                continue;
            }
            const { content } = read;
            if (content.kind === "sql") {
                return { title: `The SELECT of ${content.name}`, sql: content.sql };
            }
            if (content.kind === "rows") {
                const { relation, sql } = content.rows;
                const of = relation === null ? "" : ` of ${relation.schema}.${relation.name}`;
                return { title: `The SELECT${of}`, sql };
            }
        }
        return null;
    }

    function showSql(): void {
        const found = sqlOrNull();
        if (found !== null) {
            const { title, sql } = found;
            const lines = (width: number): readonly string[] => formatSqlLines(sql, width, app.theme.get());
            app.openDialog(makeTextViewer(app, { title, lines, copyText: sql, copyName: "the SQL" }));
        }
    }
}

/** Shows the slide with the typed number. */
export function goToNumber(app: App, { deck, goTo, change }: DeckState, typed: string): void {
    const number = Number(typed);
    if (Number.isInteger(number) && number >= 1 && number <= deck.slides.length) {
        goTo(number - 1);
    } else {
        change({ typed: "" });
        app.say(`There is no slide ${typed}: they go from 1 to ${deck.slides.length}.`, "warned");
    }
}
