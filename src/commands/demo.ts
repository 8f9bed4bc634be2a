import { resolve } from "node:path";
import { loadDeck, shippedDeckFolder } from "../deck/load-deck.js";
import { openDemoDatabase } from "../demo/open-demo-database.js";
import { defineCommand, type FlagValues, type Invocation, type OpenInterface } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";

const flags = {
    deck: {
        type: "string",
        placeholder: "FOLDER",
        description: "A folder of your own slides, in Markdown with live blocks (default: the deck that comes along)",
    },
} as const;

export const command = defineCommand({
    name: "demo",
    description: "Presents a warehouse as slides that are read from it while they are shown. Nothing can be changed.",
    arguments: [],
    flags,
    examples: [
        { command: "stardeck demo", does: "The slides that come along." },
        { command: "stardeck demo --deck talk", does: "Your own slides." },
    ],
    writes: false,
    endsWhenInterrupted: "cleanly",
    run: demo,
});

/** Presents a deck. */
export async function demo(invocation: Invocation<FlagValues<typeof flags>>): Promise<ExitCode> {
    const { flags: given, openInterface } = invocation;
    const deck = await loadDeck(given.deck === undefined ? shippedDeckFolder : resolve(given.deck));
    if (openInterface === null) {
        return exitCodes.done;
    }
    return present(invocation, deck, openInterface);
}

async function present(
    { settings, output, signal }: Invocation<FlagValues<typeof flags>>,
    deck: Awaited<ReturnType<typeof loadDeck>>,
    show: OpenInterface,
): Promise<ExitCode> {
    const lines = await show({
        isReadOnly: true,
        presentation: { deck, tell: () => undefined },
        databaseName: settings.database.kind === "embedded" ? "demo" : settings.database.name,
        sourceSchema: settings.sourceSchema,
        threads: settings.threads,
        stateFile: null,
        signal,
        open: (use) => openDemoDatabase(settings, use),
        prepare: () => Promise.resolve(false),
    });
    for (const line of lines) {
        output.talk(line);
    }
    return signal.aborted ? exitCodes.interrupted : exitCodes.done;
}
