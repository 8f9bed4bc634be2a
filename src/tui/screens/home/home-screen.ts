import { extentOrNull } from "../../../text/charts/chart-values.js";
import type { App } from "../../app/app.js";
import type { Screen } from "../../kit/screen.js";
import { estimateLeftOrNull } from "../../app/builds/estimate-left.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { wrapText } from "../../kit/lines/fit-text.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import { makeStore } from "../../terminal/store.js";
import { formatVerdict } from "./format-verdict.js";
import { makeHomeActions, openHomeItem } from "./home-actions.js";
import { keyOf } from "./home-items.js";
import { makeHomeReads } from "./home-reads.js";
import { makeHomeState } from "./home-state.js";
import { isSameItem, paintHome, type PaintedHome } from "./paint-home.js";

/** Times in words grow old. */
const tickMs = 15_000;

/** Where every start begins: the last run, what is to do, what failed, the marts' answers, and the sources. */
export function makeHome(app: App): Screen {
    const reads = makeHomeReads(app);
    const state = makeHomeState(app, reads);
    const tick = makeStore(0);
    let painted: PaintedHome | null = null;
    let endWatching: readonly (() => void)[] = [];

    const sync = (): void => {
        const catalogue = app.catalogue.get().value;
        if (catalogue !== null) {
            reads.sync(catalogue);
        }
    };
    const stopWatching = (): void => {
        for (const end of endWatching) {
            end();
        }
        endWatching = [];
    };
    const watchClock = (): (() => void) => {
        const clock = setInterval(() => {
            tick.set(app.now());
        }, tickMs).unref();
        return () => {
            clearInterval(clock);
        };
    };
    const watch = (): void => {
        stopWatching();
        endWatching = [watchClock(), app.catalogue.subscribe(sync)];
        sync();
    };
    // Every start begins here, without being sent here.
    watch();

    return {
        id: "home",
        changes: [...state.changes, app.connection, tick],
        handlers: makeHomeActions(app, state, () => {
            void app.catalogue.load();
            app.say("Reading again.");
        }),
        title: (width) => {
            const { value } = app.catalogue.get();
            return value === null
                ? "The warehouse"
                : formatVerdict(
                      { catalogue: value, run: reads.run(), news: reads.news(), staleness: reads.staleness() },
                      { width, theme: app.theme.get(), nowMs: app.now() },
                  );
        },
        paint: (size) => {
            state.setRows(size.rows);
            const sections = state.sections();
            const catalogue = app.catalogue.get().value;
            if (sections === null || catalogue === null) {
                painted = null;
                return paintNoWarehouse(app, size);
            }
            const run = reads.run();
            const nowMs = app.now();
            painted = paintHome(
                {
                    sections,
                    selected: state.selectedOrNull(),
                    offset: painted?.offset ?? 0,
                    graph: catalogue.graph,
                    left: run === null ? null : estimateLeftOrNull(run, catalogue.graph, nowMs),
                    dataThroughMs:
                        extentOrNull([...reads.news().values()].map(({ newestMs }) => newestMs))?.most ?? null,
                    nowMs,
                    isReadOnly: app.isReadOnly,
                    theme: app.theme.get(),
                },
                size,
            );
            return painted.lines;
        },
        show: watch,
        hide: () => {
            stopWatching();
            reads.cancel();
        },
        click: ({ action, row, column }) => {
            if (action === "wheel-up" || action === "wheel-down") {
                state.moveBy(action === "wheel-up" ? -1 : 1);
                return;
            }
            const item = painted !== null && column < painted.listWidth ? (painted.owners[row] ?? null) : null;
            if (action === "press" && item !== null) {
                const isSecond = isSameItem(item, state.selectedOrNull());
                state.select(keyOf(item));
                if (isSecond) {
                    openHomeItem(app, item);
                }
            }
        },
    };
}

/** What is said while there is nothing to list, and what to do about it. */
function paintNoWarehouse(app: App, { columns, rows }: TerminalSize): readonly string[] {
    const theme = app.theme.get();
    const { error, isLoading } = app.catalogue.get();
    const say = (text: string): readonly string[] => wrapText(text, columns - 4).map((line) => `  ${line}`);
    const lines =
        error === null || isLoading
            ? [
                  "",
                  ...say(
                      app.connection.get().kind === "open"
                          ? "Reading how the warehouse stands …"
                          : "The warehouse is shown when the database is open.",
                  ),
              ]
            : [
                  "",
                  ...formatErrorLines(error, columns - 4, theme).map((line) => `  ${line}`),
                  "",
                  ...say(
                      app.isReadOnly
                          ? "Opened for reading only: `stardeck` makes the models by itself.   r reads again   q quits"
                          : "r reads again   5 looks at the data that is there   q quits",
                  ),
              ];
    return lines.slice(0, rows);
}
