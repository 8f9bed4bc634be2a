import { formatCount, formatDuration } from "../../text/format-values.js";
import { makeVisible } from "../../text/visible-text.js";
import { describeEnd, formatChanges } from "./lines/describe-run.js";
import { lookOfModel } from "./lines/model-line.js";
import { nameRun } from "./lines/run-lines.js";
import { isRunning, type ModelProgress, type RunProgress } from "./builds/run-progress.js";
import type { Readable } from "../terminal/store.js";
import { makeTheme, type Symbols } from "../kit/theme.js";

export interface PlainStreamOptions {
    readonly writeLine: (line: string) => void;
    /** Aborted when the person wants the interface back. */
    readonly signal: AbortSignal;
    readonly now: () => number;
    readonly isAscii: boolean;
}

/** Writes the running build as plain lines, one for each model that ends, until the run ends or the signal is aborted. */
export function streamRun(
    current: Readable<RunProgress | null>,
    { writeLine, signal, now, isAscii }: PlainStreamOptions,
): Promise<void> {
    const told = new Set<string>();
    const { symbols } = makeTheme("mono", isAscii);
    const first = current.get();
    if (first !== null) {
        writeLine(
            `${nameRun(first)}, ${formatDuration(now() - first.startedAtMs)} so far. Any key returns to the interface.`,
        );
    }
    const tell = (run: RunProgress): void => {
        for (const name of run.modelNames) {
            const model = run.models.get(name);
            if (model !== undefined && model.status !== "queued" && model.status !== "running" && !told.has(name)) {
                told.add(name);
                formatPlainModel(model, `${told.size}/${run.modelNames.length}`, symbols).forEach(writeLine);
            }
        }
    };
    return new Promise((resolve) => {
        const stop = (): void => {
            end();
            resolve();
        };
        const look = (): void => {
            const run = current.get();
            if (run !== null) {
                tell(run);
            }
            if (run === null || !isRunning(run)) {
                writeLine(run === null ? "The run is gone." : describeEnd(run));
                stop();
            }
        };
        const end = current.subscribe(look);
        signal.addEventListener("abort", stop);
        if (signal.aborted) {
            stop();
        } else {
            look();
        }
    });
}

/** A model that has ended, with its errors below it. */
function formatPlainModel(model: ModelProgress, place: string, symbols: Symbols): readonly string[] {
    const [, symbol, word] = lookOfModel(model, { wait: null }, { symbols });
    const { passedTestCount, problems, rows, durationMs } = model;
    const asked = passedTestCount + problems.length;
    const line = [
        `${symbol} ${word.padEnd(5)} ${makeVisible(model.modelName).padEnd(24)}`,
        (rows === null ? (model.scope?.reason ?? "") : formatChanges(rows)).padEnd(20),
        (asked === 0 ? "" : `${passedTestCount}/${asked} tests`).padEnd(11),
        formatDuration(durationMs ?? 0).padStart(6),
        place.padStart(7),
    ].join(" ");
    const bad = problems
        .filter(({ status }) => status !== "known")
        .map(({ testName, status, failingCount, message }) => {
            const found =
                status === "broken" ? `could not run: ${message ?? ""}` : `${formatCount(failingCount)} failing rows`;
            return `    ${status === "warned" ? symbols.warned : symbols.failed} ${makeVisible(`${testName}: ${found}`)}`;
        });
    return [line, ...(model.message === null ? [] : [`    ${makeVisible(model.message)}`]), ...bad];
}
