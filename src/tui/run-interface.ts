import type { Database } from "../database/database.js";
import { StardeckError } from "../database/errors.js";
import { formatDuration, formatQuantity } from "../text/format-values.js";
import type { BuildView } from "./app/builds/build-monitor.js";
import { makeConnectionLoop, type OpenDatabase } from "./app/connection-loop.js";
import { renderShell } from "./app/chrome/render-shell.js";
import { makeConfirm } from "./kit/confirm.js";
import { makeHelp, makePalette } from "./app/dialogs/help.js";
import { makeJobsDialog } from "./app/dialogs/jobs.js";
import { makeTriedFiles } from "./app/editing/tried-files.js";
import { makeShell, type Shell, type ShellOptions } from "./app/make-app.js";
import { loadSavedState, saveState } from "./app/saved-state.js";
import { makeScreens } from "./screens/make-screens.js";
import { surviveErrors, type ErrorSource } from "./app/survive-errors.js";
import { makeInputTaker } from "./app/take-input.js";
import type { Terminal, TerminalProcess } from "./terminal/open-terminal.js";

export interface InterfaceOptions extends Pick<
    ShellOptions,
    | "isReadOnly"
    | "presentation"
    | "files"
    | "isAscii"
    | "isInTmux"
    | "themeName"
    | "databaseName"
    | "threads"
    | "workingFolder"
> {
    readonly process: TerminalProcess & ErrorSource;
    /** The file that keeps the state of the screens from start to start; null to keep none. */
    readonly stateFile: string | null;
    /** Ends the interface: a signal came. */
    readonly signal: AbortSignal;
    readonly open: OpenDatabase;
    /** Called before a database is first shown: prepares an embedded one until a build can run, and reports each step. */
    prepare(
        database: Database,
        report: (doing: string, progress: string | null) => void,
        leaving: AbortSignal,
    ): Promise<"none" | "build-all" | "show-plan">;
}

/** How long a cancelled build may take to end before the interface leaves without it. */
const cancelPatienceMs = 600;

/** How long opening the database, or landing a day of the demo, may take to end before the interface leaves without it. */
const openPatienceMs = 900;

const unprepared = "The warehouse is not ready yet: `stardeck` goes on where it stopped.";

/** Runs the interface in an open terminal until the person quits. See `startInterface`. */
export async function runInterface(options: InterfaceOptions, terminal: Terminal): Promise<readonly string[]> {
    const now = (): number => Date.now();
    const connection = makeConnectionLoop(now);
    const leaving = new AbortController();
    const leave = (): void => {
        if (connection.state.get().kind === "opening" && !leaving.signal.aborted) {
            app.say("Leaving as soon as this step is done.");
        }
        leaving.abort();
        app.jobs.cancelAll();
        app.builds.cancel();
        connection.stop();
    };
    const shell = makeShell({
        ...options,
        terminal,
        connection,
        now,
        quit: leave,
        makeScreens,
        dialogs: {
            help: makeHelp,
            palette: makePalette,
            jobs: makeJobsDialog,
            confirmQuit: ({ app }) =>
                makeConfirm(app, {
                    title: "A build is running",
                    text: "Quitting cancels it. Models that are published stay; `stardeck retry` goes on with the rest.",
                    action: "cancel it and quit",
                    run: app.quit,
                }),
        },
    });
    const { app } = shell;
    terminal.onInput(makeInputTaker(shell));
    const endSurviving = surviveErrors(
        options.process,
        (message) => {
            app.say(`Something went wrong: ${message}`, "failed");
        },
        now,
    );
    const endRendering = renderShell(shell, terminal.writer);
    const preparation = { isShown: false, isDone: false };
    let endFollowing = (): void => undefined;
    options.signal.addEventListener("abort", leave);
    try {
        if (options.signal.aborted) {
            leave();
        }
        if (options.presentation !== null) {
            app.go({ screen: "deck" });
        }
        if (options.stateFile !== null) {
            shell.restore(await loadSavedState(options.stateFile));
        }
        const running = connection.run({
            open: options.open,
            prepare: async (database) => {
                const report = (doing: string, progress: string | null): void => {
                    // At the first start, the Build screen shows the steps.
                    if (!preparation.isShown) {
                        preparation.isShown = true;
                        app.go({ screen: "build" });
                    }
                    connection.setDoing(doing, progress);
                };
                const next = await options.prepare(database, report, leaving.signal);
                if (leaving.signal.aborted) {
                    return;
                }
                preparation.isDone = true;
                // These reads wait until the database is open to all.
                void app.catalogue.load();
                if (next === "build-all") {
                    void buildAtFirst(shell);
                } else if (next === "show-plan" && options.files !== null) {
                    app.openDialog(makeTriedFiles(app, options.files, null));
                }
                endFollowing = app.builds.follow();
            },
            // The lost connection may not be the build's, so the build may go on. If it is, the build ends by itself.
            settle: () => Promise.race([app.builds.whenIdle(), afterLeaving(leaving.signal, cancelPatienceMs)]),
        });
        // Opening may have to wait for another process's statement; leaving does not wait as long.
        const neverOpened = afterLeaving(leaving.signal, openPatienceMs).then(() =>
            preparation.isDone ? running : undefined,
        );
        await Promise.race([running, neverOpened]);
        if (options.stateFile !== null) {
            await saveState(options.stateFile, shell.save());
        }
        return preparation.isShown && !preparation.isDone ? [unprepared] : describeEnd(app.builds.get());
    } catch (error) {
        if (leaving.signal.aborted && !options.signal.aborted && isInterruption(error)) {
            return preparation.isShown ? [unprepared] : [];
        }
        throw error;
    } finally {
        options.signal.removeEventListener("abort", leave);
        endFollowing();
        endSurviving();
        endRendering();
    }
}

/** Builds everything on the Build screen, then goes to Home unless the person has left the screen. */
async function buildAtFirst({ app, screenId }: Shell): Promise<void> {
    await app.builds.start({ command: "build", select: [], fullRefresh: false });
    await app.catalogue.load();
    if (app.builds.get()?.summary?.status === "ok" && screenId.get() === "build") {
        app.go({ screen: "home" });
    }
}

/** Resolves `durationMs` after the person has asked to leave. */
function afterLeaving(leaving: AbortSignal, durationMs: number): Promise<void> {
    return new Promise((resolve) => {
        const wait = (): void => {
            setTimeout(resolve, durationMs).unref();
        };
        if (leaving.aborted) {
            wait();
        } else {
            leaving.addEventListener("abort", wait);
        }
    });
}

/** The lines about the last build that stay in the shell's history. */
function describeEnd(view: BuildView | null): readonly string[] {
    if (view === null) {
        return [];
    }
    if (view.summary === null) {
        return [view.error === null ? "" : `The build did not run: ${view.error.message}`].filter(
            (line) => line !== "",
        );
    }
    const { runId, status, durationMs, models } = view.summary;
    const failed = models.filter((model) => model.status === "failed").map((model) => model.modelName);
    return [
        `Run ${runId}: ${status} after ${formatDuration(durationMs)}, ${formatQuantity(models.length, "model")}.`,
        ...(failed.length === 0 ? [] : [`Failed: ${failed.join(", ")}. \`stardeck retry\` takes them up.`]),
        `\`stardeck history ${runId}\` shows it again.`,
    ];
}

function isInterruption(error: unknown): boolean {
    return error instanceof StardeckError && error.code === "interrupted";
}
