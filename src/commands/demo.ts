import { resolvePath } from "../config/resolve-path.js";
import type { Settings } from "../config/settings.js";
import { exportDeck } from "../deck/export/export-deck.js";
import { loadDeck, shippedDeckFolder } from "../deck/load-deck.js";
import { withNotes } from "../deck/notes-file.js";
import type { Presentation } from "../deck/presentation.js";
import { openDemoDatabase } from "../demo/open-demo-database.js";
import { defineCommand, type FlagValues, type Invocation, type OpenInterface } from "./command.js";
import { exitCodes, type ExitCode } from "./exit-code.js";
import { followNotes } from "./follow-notes.js";
import { printDeck } from "./print-deck.js";

const flags = {
    deck: {
        type: "string",
        placeholder: "FOLDER",
        description: "A folder of your own slides, in Markdown with live blocks (default: the deck that comes along)",
    },
    export: {
        type: "string",
        placeholder: "FILE",
        description: "Write all slides to one HTML page, to hand out, instead of presenting them",
    },
    notes: {
        type: "boolean",
        description: "On a second terminal: your notes to the slide that is presented, the next one, the time",
    },
} as const;

export const command = defineCommand({
    name: "demo",
    description:
        "Presents a warehouse as slides that are read from it while they are shown, in read-only transactions.\n" +
        "A prepared demo warehouse without --database-url or DATABASE_URL, never your own .stardeck/.",
    arguments: [],
    flags,
    examples: [
        { command: "stardeck demo", does: "The slides that come along; Space goes on, ? lists the keys." },
        { command: "stardeck demo --notes", does: "Your notes, on a second terminal." },
        { command: "stardeck demo --deck talk --export talk.html", does: "Your own slides as one page to hand out." },
    ],
    writes: false,
    endsWhenInterrupted: "cleanly",
    run: demo,
});

type DemoInvocation = Invocation<FlagValues<typeof flags>>;

/** Presents a deck, exports it to a page, prints it if there is no terminal, or shows its notes. */
export async function demo(invocation: DemoInvocation): Promise<ExitCode> {
    const { flags: given, settings, workingFolder, output, signal, openInterface } = invocation;
    if (given.notes === true) {
        return followNotes(output, signal);
    }
    const deck = await loadDeck(given.deck === undefined ? shippedDeckFolder : resolvePath(workingFolder, given.deck));
    if (given.export !== undefined) {
        const file = resolvePath(workingFolder, given.export);
        await openDemoDatabase(settings, (database) =>
            exportDeck(deck, database, file, { readAt: new Date(), signal }),
        );
        output.talk(`Wrote ${deck.slides.length} slides to ${file}.`);
        return exitCodes.done;
    }
    if (openInterface === null || output.isJson) {
        await openDemoDatabase(settings, (database) => printDeck(deck, database, output, signal));
        return signal.aborted ? exitCodes.interrupted : exitCodes.done;
    }
    return withNotes((tell) => present(invocation, { deck, tell }, openInterface));
}

async function present(
    { settings, output, signal }: DemoInvocation,
    presentation: Presentation,
    show: OpenInterface,
): Promise<ExitCode> {
    const lines = await show({
        isReadOnly: true,
        presentation,
        files: null,
        databaseName: nameDatabase(settings),
        threads: settings.threads,
        stateFile: null,
        signal,
        open: (use) => openDemoDatabase(settings, use),
        prepare: () => Promise.resolve("none"),
    });
    for (const line of lines) {
        output.talk(line);
    }
    return signal.aborted ? exitCodes.interrupted : exitCodes.done;
}

function nameDatabase({ database }: Settings): string {
    return database.kind === "embedded" ? "demo" : database.name;
}
