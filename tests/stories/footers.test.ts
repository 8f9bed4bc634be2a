import { expect } from "vitest";
import { story } from "./story.js";
import type { StoryTerminal } from "./story-terminal.js";

const sizes = [
    [80, 24],
    [120, 40],
] as const;

const screens = ["Home", "Models", "Build", "Tests", "Data", "Lineage", "History", "SQL"] as const;

interface Hint {
    readonly key: string;
    readonly title: string;
}

const keyNames: Readonly<Record<string, string>> = { "⏎": "enter", "^P": "ctrl-p" };

function readFooter(terminal: StoryTerminal): readonly Hint[] {
    const line = terminal.screen().at(-1)?.trim() ?? "";
    return line.split(/ {2,}/).flatMap((text) => {
        const [, key, title] = /^(\S+) (.+)$/.exec(text) ?? [];
        return key === undefined || title === undefined ? [] : [{ key, title }];
    });
}

const themeMessage = " Theme: ";

/** What a person sees, without what changes by the clock alone and what `settle` has made it say. */
function read(screen: readonly string[]): string {
    return screen
        .map((row) => (row.startsWith(themeMessage) ? "" : row))
        .join("\n")
        .replaceAll(/ *(checked .* ago|\d+ (s|min|h) ago|just now) */g, "");
}

function isOpen(terminal: StoryTerminal): boolean {
    return terminal.cursor() !== null || terminal.screen().some((row) => row.includes("╭─"));
}

/**
 * Closes what is open, until the screen itself takes keys and all that was pressed before has been drawn. The line of keys is
 * drawn a moment after the rows: that something changed does not say that a key has arrived. The next theme does, which only a
 * screen takes, never a dialog or a question, and which draws the line of keys along with its message. A key that comes right
 * after Esc reads as one with Alt, and both are lost: so each is pressed again where nothing is seen of it.
 */
async function settle(terminal: StoryTerminal): Promise<void> {
    for (let tries = 1; ; tries += 1) {
        const patience = { timeoutMs: tries < 10 ? 3000 : 30_000 };
        const isSeen = (condition: (screen: readonly string[]) => boolean): Promise<boolean> =>
            terminal.waitFor(condition, patience).then(
                () => true,
                (error: unknown) => {
                    if (tries < 10) {
                        return false;
                    }
                    throw error;
                },
            );
        const said = terminal.screen().at(-2);
        const saysNext = (row = ""): boolean => row.startsWith(themeMessage) && row !== said;
        terminal.press("ctrl-t");
        if ((await isSeen((screen) => saysNext(screen.at(-2)) || isOpen(terminal))) && !isOpen(terminal)) {
            return;
        }
        if (isOpen(terminal)) {
            terminal.press("esc");
            await isSeen(() => !isOpen(terminal));
        }
    }
}

/** Closes what a key has opened, and goes back to the screen. */
async function comeBack(terminal: StoryTerminal, place: number): Promise<void> {
    await settle(terminal);
    terminal.press(String(place));
    await terminal.waitFor(`[${place} ${screens[place - 1] ?? ""}]`);
    await settle(terminal);
}

story(
    "does on every screen what the line of keys offers",
    { sizes, isReader: true, databases: ["embedded"] },
    async ({ open }) => {
        const terminal = await open([]);
        await terminal.waitFor(/✓ up to date|tests? warns?/);
        for (const place of screens.keys()) {
            if (screens[place] === "SQL") {
                // From the rows one always comes to write, wherever one was before.
                await comeBack(terminal, 5);
                terminal.press("Q");
                await terminal.waitFor("[8 SQL]");
                // What was written before is there again.
                terminal.press("ctrl-u");
                terminal.type("select week_start, order_count from marts.mart_weekly_fulfilment");
                terminal.press("enter");
                await terminal.waitFor(/^ query +\d+ rows? /m);
            }
            await comeBack(terminal, place + 1);
            const isCancelled = (screen: readonly string[]): boolean =>
                screen.some((row) => row.includes("r tries again"));
            await terminal.waitFor((screen) => (screen.at(-1) ?? "").includes("⏎") || isCancelled(screen));
            if (isCancelled(terminal.screen())) {
                // Rows that another screen had opened, and that were left before they were read.
                terminal.press("r");
                await terminal.waitFor((screen) => (screen.at(-1) ?? "").includes("⏎"));
            }
            const pressed = new Set<string>();
            const nextOrNull = (): Hint | null =>
                readFooter(terminal).find(({ key, title }) => key !== "q" && !pressed.has(`${key} ${title}`)) ?? null;
            for (let hint = nextOrNull(); hint !== null; hint = nextOrNull()) {
                const { key, title } = hint;
                pressed.add(`${key} ${title}`);
                const before = read(terminal.screen());
                const press = (timeoutMs: number): Promise<void> => {
                    terminal.press(keyNames[key] ?? key);
                    // It has arrived, as the message is gone, and something is seen of it.
                    return terminal.waitFor(
                        (screen) => screen.at(-2)?.startsWith(themeMessage) !== true && read(screen) !== before,
                        { timeoutMs },
                    );
                };
                // What was still being read may have changed the screen together with the key, and back.
                await press(15_000)
                    .catch(() => press(60_000))
                    .catch((error: unknown) => {
                        throw new Error(`"${key} ${title}" changed nothing`, { cause: error });
                    });
                if (terminal.screen().at(-2)?.startsWith(` ${title}: `) === true) {
                    // It cannot be done any more, by what has been read meanwhile: then it is not offered either.
                    await settle(terminal);
                    expect(readFooter(terminal)).not.toContainEqual(hint);
                }
                await comeBack(terminal, place + 1);
            }
            expect([...pressed].length).toBeGreaterThan(4);
        }
    },
);
