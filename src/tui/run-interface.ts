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
    /** Where a person's place is kept from start to start; null for nowhere. */
    readonly stateFile: string | null;
    /** Ends the interface: a signal came. */
    readonly signal: AbortSignal;
    readonly open: OpenDatabase;
    /** Before anything is shown of a database: brings an embedded one to where a build can run, saying what it does. */
    prepare(
        database: Database,
        report: (doing: string, progress: string | null) => void,
        leaving: AbortSignal,
    ): Promise<"none" | "build-all" | "show-plan">;
}

/** How long a cancelled build may take to end before the interface leaves without it. */
const cancelPatienceMs = 600;

/** How long opening, or the day that is being landed, may take to end then. */
const openPatienceMs = 900;

const unprepared = "The warehouse is not ready yet: `stardeck` goes on where it stopped.";

/** Runs the interface in a terminal that is open already, until the person quits. See `startInterface`. */
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
                    // The first start: everything that happens until there is something to look at happens there.
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
                // Both wait until the database is open to all.
                void app.catalogue.load();
                if (next === "build-all") {
                    void buildAtFirst(shell);
                } else if (next === "show-plan" && options.files !== null) {
                    app.openDialog(makeTriedFiles(app, options.files, null));
                }
                endFollowing = app.builds.follow();
            },
            // A connection that was lost need not be the build's; it ends by itself if it was.
            settle: () => Promise.race([app.builds.whenIdle(), afterLeaving(leaving.signal, cancelPatienceMs)]),
        });
        // A database that is being opened may be busy with another's statement.
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

/** Everything is built in sight; then the person is where every later start begins, unless they have gone elsewhere. */
async function buildAtFirst({ app, screenId }: Shell): Promise<void> {
    await app.builds.start({ command: "build", select: [], fullRefresh: false });
    await app.catalogue.load();
    if (app.builds.get()?.summary?.status === "ok" && screenId.get() === "build") {
        app.go({ screen: "home" });
    }
}

/** Resolves so long after the person wants to leave. */
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

/** What stays in the shell's own history. */
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
