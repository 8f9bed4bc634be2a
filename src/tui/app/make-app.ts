import { resolvePath } from "../../config/resolve-path.js";
import { bindSignal } from "../../database/bind-signal.js";
import { orAborted } from "../../database/statement-lane.js";
import type { App } from "./app.js";
import type { Dialog, Handlers, Message, Question, Screen, Screens, Target } from "../kit/screen.js";
import type { Presentation } from "../../deck/presentation.js";
import type { ProjectFiles } from "../../warehouse/project-files.js";
import { makeBuildMonitor } from "./builds/build-monitor.js";
import { streamRun } from "./plain-stream.js";
import { isRunning } from "./builds/run-progress.js";
import { describeEnd, toneOfEnd } from "./lines/describe-run.js";
import { loadCatalogue } from "./catalogue.js";
import type { ConnectionLoop } from "./connection-loop.js";
import { screenIds, type ScreenId } from "../kit/keymap.js";
import type { EditedText } from "../kit/line-editor.js";
import { makeJobs } from "./jobs.js";
import { makeLoad, type Reader } from "../kit/load.js";
import { makeSharedReads } from "./shared-reads.js";
import { makeStore, type Readable, type Store } from "../terminal/store.js";
import type { Terminal } from "../terminal/open-terminal.js";
import { copyThroughTmux } from "../terminal/copy-through-tmux.js";
import { copyToClipboard } from "../terminal/sequences.js";
import { makeTheme, themeNames, type Theme, type ThemeName } from "../kit/theme.js";

/** A question being answered. */
export interface OpenQuestion {
    readonly question: Question;
    readonly edited: EditedText;
}

/** The app and the state that the shell keeps around the screens. */
export interface Shell {
    readonly app: App;
    readonly screens: Screens;
    readonly screenId: Readable<ScreenId>;
    /** The screen that is shown. */
    readonly screen: () => Screen;
    /** In the order of their keys. */
    readonly tabs: readonly ScreenId[];
    readonly dialog: Readable<Dialog | null>;
    readonly question: Store<OpenQuestion | null>;
    readonly message: Store<Message | null>;
    readonly isMouseOn: Readable<boolean>;
    readonly shared: Handlers;
    /** Sets a theme that suits the terminal's background, unless a person has chosen one. */
    suggestTheme(name: ThemeName): void;
    /** The state to restore at the next start, as JSON. */
    save(): unknown;
    restore(saved: unknown): void;
}

export interface ShellOptions {
    readonly terminal: Pick<Terminal, "size" | "send" | "setMouse" | "suspend" | "lend" | "handOver" | "writer">;
    readonly connection: ConnectionLoop;
    readonly isReadOnly: boolean;
    /** The presented slides; null for the ordinary interface. */
    readonly presentation: Presentation | null;
    /** Null when there is no project. */
    readonly files: ProjectFiles | null;
    /** For terminals that show no Unicode. */
    readonly isAscii: boolean;
    readonly isInTmux: boolean;
    /** Null for a theme that suits the terminal's background. */
    readonly themeName: ThemeName | null;
    /** Without credentials. */
    readonly databaseName: string;
    readonly threads: number;
    readonly workingFolder: string;
    readonly now: () => number;
    readonly quit: () => void;
    readonly makeScreens: (app: App) => Screens;
    readonly dialogs: {
        readonly help: (shell: Shell) => Dialog;
        readonly palette: (shell: Shell) => Dialog;
        readonly jobs: (shell: Shell) => Dialog;
        readonly confirmQuit: (shell: Shell) => Dialog;
    };
}

/** The longest time for a read; `x` cancels it earlier. */
const readLimitMs = 600_000;

export function makeShell(options: ShellOptions): Shell {
    const { terminal, connection, now, dialogs } = options;
    const root: ScreenId = options.presentation === null ? "home" : "deck";
    const tabs: readonly ScreenId[] = options.presentation === null ? screenIds : ["deck", ...screenIds];
    const screenId = makeStore<ScreenId>(root);
    const dialog = makeStore<Dialog | null>(null);
    const question = makeStore<OpenQuestion | null>(null);
    const message = makeStore<Message | null>(null);
    const isMouseOn = makeStore(false);
    const theme = makeStore<Theme>(makeTheme(options.themeName ?? "dark", options.isAscii));
    let hasChosenTheme = options.themeName !== null;
    let trail: ScreenId[] = [];

    const show = (next: ScreenId, target: Target, isBack = false): void => {
        if (next !== screenId.get()) {
            screenOf(screenId.get()).hide?.();
            screenId.set(next);
        }
        screenOf(next).show?.(target, isBack);
    };

    /** When the connection is lost, the read rejects and the header says so. */
    const read: Reader["read"] = (use, signal = new AbortController().signal, timeLimitMs = readLimitMs) =>
        orAborted(
            connection.use((database) =>
                use(bindSignal(database, signal), {
                    signal,
                    timeoutMs: typeof timeLimitMs === "number" ? timeLimitMs : timeLimitMs[database.kind],
                }),
            ),
            signal,
        );

    const catalogue = makeLoad({ read }, loadCatalogue);

    const app: App = {
        theme,
        size: terminal.size,
        connection: connection.state,
        isReadOnly: options.isReadOnly,
        presentation: options.presentation,
        files: options.files,
        handOver: terminal.handOver,
        databaseName: options.databaseName,
        threads: options.threads,
        catalogue,
        ...makeSharedReads({ read }, catalogue),
        builds: makeBuildMonitor(connection.use, options),
        jobs: makeJobs(now),
        read,
        go: (target) => {
            if (target.screen === root) {
                trail = [];
            } else if (target.screen !== screenId.get()) {
                trail = [...trail.filter((each) => each !== target.screen), screenId.get()];
            }
            show(target.screen, target);
        },
        back: () => {
            const previous = trail.at(-1);
            trail = trail.slice(0, -1);
            if (previous !== undefined) {
                show(previous, { screen: previous }, true);
            }
        },
        openDialog: (next) => {
            dialog.get()?.onClose?.();
            dialog.set(next);
        },
        closeDialog: () => {
            dialog.get()?.onClose?.();
            dialog.set(null);
        },
        ask: (next) => {
            const text = next.initial ?? "";
            question.set({ question: next, edited: { text, cursor: text.length } });
        },
        say: (text, tone = "plain") => {
            message.set({ text, tone });
        },
        copy: (text, what) => {
            void copy(text, what);
        },
        now,
        resolvePath: (path) => resolvePath(options.workingFolder, path),
        quit: options.quit,
    };

    /** Says "Copied" only when tmux has confirmed it: a terminal does not answer. */
    async function copy(text: string, what: string): Promise<void> {
        if (options.isInTmux && (await copyThroughTmux(text))) {
            app.say(`Copied ${what}.`, "ok");
        } else {
            terminal.send(copyToClipboard(text));
            app.say(`Sent ${what} to the terminal's clipboard.`, "ok");
        }
    }

    const setTheme = (name: ThemeName): void => {
        theme.set(makeTheme(name, options.isAscii));
    };

    app.builds.onEnd((run) => {
        void app.catalogue.load();
        app.say(describeEnd(run), toneOfEnd(run));
    });

    const shared: Handlers = {
        ...Object.fromEntries(
            tabs.map((id) => [
                `go.${id}`,
                {
                    run: () => {
                        app.go({ screen: id });
                    },
                },
            ]),
        ),
        back: {
            run: app.back,
            disabledReason: () => (trail.length === 0 ? "this is where you began" : null),
        },
        refresh: {
            run: () => {
                connection.retryNow();
                void app.catalogue.load();
                app.say("Reading again.");
            },
        },
        cancel: {
            run: () => {
                if (app.builds.isRunning()) {
                    app.builds.cancel();
                    app.say("Cancelling the build. What is published stays.");
                }
                app.jobs.cancelAll();
            },
            disabledReason: () =>
                app.builds.isRunning() || app.jobs.get().some(({ status }) => status === "running")
                    ? null
                    : "nothing is running",
        },
        jobs: {
            run: () => {
                app.openDialog(dialogs.jobs(shell));
            },
        },
        palette: {
            run: () => {
                app.openDialog(dialogs.palette(shell));
            },
        },
        help: {
            run: () => {
                app.openDialog(dialogs.help(shell));
            },
        },
        theme: {
            run: () => {
                const next = themeNames[(themeNames.indexOf(theme.get().name) + 1) % themeNames.length] ?? "dark";
                hasChosenTheme = true;
                setTheme(next);
                app.say(`Theme: ${next}.`);
            },
        },
        mouse: {
            run: () => {
                isMouseOn.update((isOn) => !isOn);
                terminal.setMouse(isMouseOn.get());
                app.say(isMouseOn.get() ? "The mouse clicks and scrolls here." : "The mouse selects text as usual.");
            },
        },
        plainStream: {
            run: () => {
                void terminal.lend((writeLine, signal) =>
                    streamRun(app.builds.current, { writeLine, signal, now, isAscii: options.isAscii }),
                );
            },
            disabledReason: () => {
                const run = app.builds.current.get();
                return run !== null && isRunning(run) ? null : "no build is running";
            },
        },
        redraw: { run: terminal.writer.redraw },
        suspend: {
            run: () => {
                void terminal.suspend().then((wasStopped) => {
                    if (!wasStopped) {
                        app.say("Suspending needs a shell with job control.", "warned");
                    }
                });
            },
        },
        quit: {
            run: () => {
                if (screenId.get() !== root && trail.length > 0) {
                    app.back();
                } else if (app.builds.isRunning()) {
                    app.openDialog(dialogs.confirmQuit(shell));
                } else {
                    app.quit();
                }
            },
        },
    };

    const screens = options.makeScreens(app);
    const screenOf = (id: ScreenId): Screen => screens[id] ?? screens.home;
    const shell: Shell = {
        app,
        screens,
        screenId,
        screen: () => screenOf(screenId.get()),
        tabs,
        dialog,
        question,
        message,
        isMouseOn,
        shared,
        suggestTheme: (name) => {
            if (!hasChosenTheme) {
                setTheme(name);
            }
        },
        save: () => ({
            theme: hasChosenTheme ? theme.get().name : null,
            screens: Object.fromEntries(screenIds.map((id) => [id, screens[id].save?.() ?? null])),
        }),
        restore: (saved) => {
            const { theme: savedTheme, screens: states } = (saved ?? {}) as {
                theme?: unknown;
                screens?: Readonly<Record<string, unknown>>;
            };
            const name = themeNames.find((each) => each === savedTheme);
            if (name !== undefined && options.themeName === null) {
                hasChosenTheme = true;
                setTheme(name);
            }
            for (const id of screenIds) {
                const state = states?.[id];
                if (state !== null && state !== undefined) {
                    screens[id].restore?.(state);
                }
            }
        },
    };
    return shell;
}
