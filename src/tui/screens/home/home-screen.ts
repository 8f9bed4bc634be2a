import { extentOrNull } from "../../../text/charts/chart-values.js";
import type { App } from "../../app/app.js";
import type { Screen } from "../../kit/screen.js";
import { makeListDetail } from "../../kit/list-detail/list-detail.js";
import { estimateLeftOrNull } from "../../app/builds/estimate-left.js";
import { formatAgo } from "../../kit/lines/format-ago.js";
import { formatErrorLines } from "../../kit/lines/error-lines.js";
import { wrapText } from "../../kit/lines/fit-text.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import { makeStore } from "../../terminal/store.js";
import { formatVerdict } from "./format-verdict.js";
import { makeHomeActions, openHomeItem } from "./home-actions.js";
import type { HomeItem } from "./home-items.js";
import { makeHomeList, type HomeEntry, type HomePicture } from "./home-list.js";
import { makeHomeReads, type HomeReads } from "./home-reads.js";

/** How often texts such as `2 min ago` are painted again. */
const tickMs = 1000;
/** Other processes land rows without notice. */
const probeEveryMs = 15_000;

/** The first screen: what to do, the last run, what failed, the marts' answers, and the sources. */
export function makeHome(app: App): Screen {
    const reads = makeHomeReads(app);
    const tick = makeStore(0);
    let endWatching: readonly (() => void)[] = [];
    const changes = [...reads.changes, app.catalogue, app.connection, tick];
    let picture: HomePicture | null = null;
    for (const readable of [...changes, app.size, app.theme]) {
        readable.subscribe(() => {
            picture = null;
        });
    }
    const list = makeListDetail<HomeEntry>(app, {
        ...makeHomeList(() => (picture ??= makePicture(app, reads))),
        changes,
        nothing: (size) => paintNoWarehouse(app, size),
        openItem: ({ item }) => {
            if (item !== null) {
                openHomeItem(app, item);
            }
            return true;
        },
    });
    const selectedOrNull = (): HomeItem | null => list.state.selectedOrNull()?.item ?? null;

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
        let probedAtMs = app.now();
        const clock = setInterval(() => {
            const nowMs = app.now();
            if (nowMs - probedAtMs >= probeEveryMs) {
                probedAtMs = nowMs;
                reads.probe();
            }
            tick.set(nowMs);
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
    // At the start Home is in view without a call of `show`.
    watch();

    return {
        ...list,
        id: "home",
        handlers: {
            ...list.handlers,
            ...makeHomeActions(app, selectedOrNull, () => {
                void app.catalogue.load();
                app.say("Reading again.");
            }),
        },
        title: (width) => {
            const { value } = app.catalogue.get();
            if (value === null) {
                return "The warehouse";
            }
            const [theme, nowMs, checkedAtMs] = [app.theme.get(), app.now(), reads.checkedAtMs()];
            const checked = checkedAtMs === null ? "" : `checked ${formatSeconds(checkedAtMs, nowMs)}`;
            const verdict = formatVerdict(
                { catalogue: value, run: reads.run(), news: reads.news(), staleness: reads.staleness() },
                { width: width - checked.length - 2, theme, nowMs },
            );
            return `${verdict}  ${theme.style("dim", checked)}`;
        },
        show: watch,
        hide: () => {
            stopWatching();
            reads.cancel();
            list.hide?.();
        },
    };
}

/** `8 s ago`, `2 min ago` */
function formatSeconds(timeMs: number, nowMs: number): string {
    const seconds = Math.max(0, Math.round((nowMs - timeMs) / 1000));
    return seconds < 60 ? `${seconds} s ago` : formatAgo(timeMs, nowMs);
}

function makePicture(app: App, reads: HomeReads): HomePicture | null {
    const catalogue = app.catalogue.get().value;
    if (catalogue === null) {
        return null;
    }
    const run = reads.run();
    const [headlines, news, staleness, nowMs] = [reads.headlines(), reads.news(), reads.staleness(), app.now()];
    return {
        facts: { catalogue, run, headlines, news, staleness },
        graph: catalogue.graph,
        left: run === null ? null : estimateLeftOrNull(run, catalogue.graph, nowMs),
        dataThroughMs: extentOrNull([...news.values()].map(({ newestMs }) => newestMs))?.most ?? null,
        nowMs,
        isReadOnly: app.isReadOnly,
        size: app.size.get(),
        theme: app.theme.get(),
    };
}

/** The body while there is nothing to list: why, and what to do. */
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
                          ? "Reading the state of the warehouse …"
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
