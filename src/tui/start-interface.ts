import { paintFirstHeader } from "./app/chrome/header-line.js";
import type { OpenDatabase } from "./app/connection-loop.js";
import { bodyPlace, isTooSmall } from "./kit/layout.js";
import type { InterfaceOptions } from "./run-interface.js";
import { openTerminal, type Terminal } from "./terminal/open-terminal.js";
import { makeTheme } from "./kit/theme.js";

/**
 * Shows the interface until the person quits. The terminal is always restored.
 *
 * The first frame is drawn before Ink, the screens and the database client are loaded, because loading takes longer than
 * everything before it. Keys typed meanwhile are kept, and the database opens while they load.
 *
 * @returns lines for the shell that say what the last build did.
 * @throws the error of opening the database, if it was never open.
 */
export async function startInterface(options: InterfaceOptions): Promise<readonly string[]> {
    const terminal = openTerminal(options.process, options);
    try {
        await drawFirstFrame(terminal, options);
        await untilWritten();
        const open = openEarly(options.open);
        const { runInterface } = await import("./run-interface.js");
        return await runInterface({ ...options, open }, terminal);
    } finally {
        terminal.close();
    }
}

/** Begins to open at once. The first call of the result uses that connection, or gets its error; later calls open a new one. */
function openEarly(open: OpenDatabase): OpenDatabase {
    type Use = Parameters<OpenDatabase>[0];
    let lend: (use: Use) => void = () => undefined;
    const borrowed = new Promise<Use>((resolve) => {
        lend = resolve;
    });
    const first = open(async (database) => (await borrowed)(database));
    first.catch(() => undefined);
    let isLent = false;
    return (use) => {
        if (isLent) {
            return open(use);
        }
        isLent = true;
        lend(use);
        return first;
    };
}

/** Draws what stays the same once everything is loaded: the tabs, or the first slide with its blocks not read yet. */
async function drawFirstFrame({ size, writer }: Terminal, options: InterfaceOptions): Promise<void> {
    const { databaseName, themeName, isAscii, presentation } = options;
    const theme = makeTheme(themeName ?? "dark", isAscii);
    const slide = presentation?.deck.slides[0];
    if (slide !== undefined) {
        const place = bodyPlace(size.get(), "page");
        const { paintSlide } = await import("./screens/deck/slides/slide-lines.js");
        const picture = {
            slide,
            stateOf: () => ({ kind: "loading" }) as const,
            focus: null,
            offset: 0,
            replay: null,
            theme,
        };
        const { lines } = paintSlide(picture, { columns: place.width, rows: Math.max(1, place.height - 1) });
        writer.setRegion("body", { ...place, lines });
    } else if (!isTooSmall(size.get())) {
        writer.setChrome([paintFirstHeader(databaseName, size.get().columns, theme)]);
    }
}

/** Waits until the writer has written: it does so by `setImmediate`. */
function untilWritten(): Promise<void> {
    return new Promise((resolve) => {
        setImmediate(() => {
            setImmediate(resolve);
        });
    });
}
