import { formatHeaderLine } from "./components/header-line.js";
import { isTooSmall } from "./layout.js";
import type { InterfaceOptions } from "./run-interface.js";
import { openTerminal, type Terminal } from "./terminal/open-terminal.js";
import { makeTheme } from "./theme.js";

/**
 * Shows the interface until the person quits. The terminal is given back whatever happens.
 *
 * The first frame comes before Ink, the screens and the database's client are loaded, which take longer than everything
 * before; what is typed meanwhile is not lost.
 *
 * @returns lines for the shell: what happened meanwhile.
 * @throws what opening the database throws, when it never worked.
 */
export async function startInterface(options: InterfaceOptions): Promise<readonly string[]> {
    const terminal = openTerminal(options.process);
    try {
        drawFirstFrame(terminal, options);
        await untilWritten();
        const { runInterface } = await import("./run-interface.js");
        return await runInterface(options, terminal);
    } finally {
        terminal.close();
    }
}

/** What does not change when the rest is there. */
function drawFirstFrame({ size, writer }: Terminal, { databaseName, themeName, isAscii }: InterfaceOptions): void {
    const { columns } = size.get();
    if (!isTooSmall(size.get())) {
        writer.setChrome([formatHeaderLine("home", databaseName, columns, makeTheme(themeName ?? "dark", isAscii))]);
    }
}

/** The writer writes when the event loop comes round. */
function untilWritten(): Promise<void> {
    return new Promise((resolve) => {
        setImmediate(() => {
            setImmediate(resolve);
        });
    });
}
