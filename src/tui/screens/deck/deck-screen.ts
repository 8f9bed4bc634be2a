import { countedMs, type Presentation } from "../../../deck/presentation.js";
import type { App } from "../../app/app.js";
import type { Screen } from "../../kit/screen.js";
import { formatKey } from "../../kit/keymap.js";
import { formatClock } from "../../kit/lines/format-ago.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { paintSlide } from "./slides/slide-lines.js";
import { makeStore } from "../../terminal/store.js";
import { fitStyled, styledWidth } from "../../terminal/styled-line.js";
import type { InputEvent } from "../../terminal/parse-input.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import { goToNumber, makeDeckActions } from "./deck-actions.js";
import { makeDeckReads } from "./deck-reads.js";
import { makeDeckState } from "./deck-state.js";
import { paintOverview } from "./paint-overview.js";
import { formatSpeed, isAtEnd, playedMs, startReplay } from "./replay.js";

/** Fast enough for a clock with tenths, slow enough to cost little. */
const framesEveryMs = 100;

/** The slides, one at a time. */
export function makeDeckScreen(app: App, presentation: Presentation): Screen {
    const state = makeDeckState(presentation);
    const reads = makeDeckReads(app, presentation.deck);
    const tick = makeStore(0);
    let maxOffset = 0;
    let clock: NodeJS.Timeout | undefined;
    const handlers = makeDeckActions({ app, state, reads, maxOffset: () => maxOffset });
    state.subscribe(() => {
        reads.look(state.get().index);
        beginReplay();
    });
    for (const change of reads.changes) {
        change.subscribe(beginReplay);
    }

    function paint(size: TerminalSize): readonly string[] {
        const { index, offset, focus, overview, isBlank } = state.get();
        const theme = app.theme.get();
        if (isBlank) {
            return [];
        }
        const room = { columns: size.columns, rows: size.rows - 1 };
        if (overview !== null) {
            maxOffset = 0;
            return [...paintOverview(presentation.deck, overview, room, theme), formatStatus(size.columns)];
        }
        const stateOf = (block: number): ReturnType<typeof reads.stateOf> => reads.stateOf(index, block);
        const { replay } = state.get();
        const nowMs = app.now();
        const place = replay === null ? null : { elapsedMs: playedMs(replay, nowMs), nowMs };
        const painted = paintSlide({ slide: state.slide(), stateOf, focus, offset, replay: place, theme }, room);
        ({ maxOffset } = painted);
        return [...painted.lines, formatStatus(size.columns)];
    }

    /** Starts to play the recorded run of the slide once it has been read. */
    function beginReplay(): void {
        const { index, replay } = state.get();
        if (clock === undefined) {
            return;
        }
        for (const [place, { block }] of state.blocks().entries()) {
            const read = reads.stateOf(index, place);
            if (replay === null && block.kind === "replay" && read.kind === "loaded" && read.content.kind === "run") {
                state.change({ replay: startReplay(read.content.recorded, block.speed, app.now()) });
                return;
            }
        }
    }

    /** Paints again while a replay or the timer runs. */
    function followClock(): void {
        const { timer, replay } = state.get();
        const nowMs = app.now();
        const wasAtEnd = replay !== null && isAtEnd(replay, tick.get());
        const isPlaying = typeof replay?.resumedAtMs === "number" && !wasAtEnd;
        const isNewSecond = Math.floor(nowMs / 1000) !== Math.floor(tick.get() / 1000);
        if (isPlaying || (timer.startedAtMs !== null && isNewSecond)) {
            tick.set(nowMs);
        }
    }

    /** The status line: the typed number, a lost connection, the replay's speed, the timer and the slide's number. */
    function formatStatus(columns: number): string {
        const { index, typed, isTimerShown, timer, replay } = state.get();
        const theme = app.theme.get();
        const connection = app.connection.get();
        const time = formatClock(countedMs(timer, app.now()));
        const clockText = `${theme.isAscii ? "" : timer.startedAtMs === null ? "⏸ " : "⏵ "}${time}  `;
        const left = typed === "" ? "" : `Slide ${typed}_   ${formatKey("enter", theme)} shows it`;
        const trouble =
            connection.kind === "lost"
                ? theme.style(
                      "failed",
                      `${theme.symbols.failed} No database: ${fitText(connection.message, 40).trim()}  `,
                  )
                : "";
        const speed = replay === null ? "" : `${formatSpeed(replay)}  `;
        const right = `${trouble}${speed}${isTimerShown ? clockText : ""}${index + 1}/${presentation.deck.slides.length} `;
        const space = columns - styledWidth(right) - 1;
        return ` ${theme.style("accent", fitStyled(left, Math.max(0, space)))}${theme.style("dim", right)}`;
    }

    function takeInput(event: InputEvent): boolean {
        const { typed, isBlank } = state.get();
        if (event.kind !== "key") {
            return false;
        }
        if (isBlank) {
            state.change({ isBlank: false });
            return true;
        }
        if (/^\d$/.test(event.name)) {
            state.change({ typed: (typed + event.name).replace(/^0+/, "").slice(-4) });
            return true;
        }
        if (typed !== "" && event.name === "enter") {
            goToNumber(app, state, typed);
            return true;
        }
        if (typed !== "" && event.name === "backspace") {
            state.change({ typed: typed.slice(0, -1) });
            return true;
        }
        if (typed !== "" && event.name !== "escape") {
            state.change({ typed: "" });
        }
        return false;
    }

    return {
        id: "deck",
        changes: [state, ...reads.changes, tick],
        handlers,
        room: () => (state.get().isBlank ? "screen" : "page"),
        leastSize: { columns: 30, rows: 8 },
        title: () => state.slide().title,
        paint,
        takeInput,
        show: () => {
            clearInterval(clock);
            clock = setInterval(followClock, framesEveryMs).unref();
            reads.look(state.get().index);
            beginReplay();
        },
        hide: () => {
            clearInterval(clock);
            clock = undefined;
            // The screen that is shown instead reads now.
            reads.rest();
        },
        click: (event) => {
            if (event.action === "press") {
                handlers["deck.next"]?.run();
            } else if (event.action !== "release") {
                handlers[event.action === "wheel-up" ? "move.up" : "move.down"]?.run();
            }
        },
    };
}
