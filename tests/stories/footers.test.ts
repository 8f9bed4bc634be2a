import { expect } from "vitest";
import { story } from "./story.js";
import type { StoryTerminal } from "./story-terminal.js";

const sizes = [
    [80, 24],
    [120, 40],
] as const;

const screens = ["Home", "Models", "Build", "Tests", "Data", "Lineage", "History"] as const;

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

/** What a person sees, without what changes by the clock alone. */
function read(screen: readonly string[]): string {
    return screen.join("\n").replaceAll(/checked .* ago|\d+ (s|min|h) ago|just now/g, "");
}

/** Closes what a key has opened, and goes back to the screen. */
async function comeBack(terminal: StoryTerminal, place: number): Promise<void> {
    const isOpen = (screen: readonly string[]): boolean => screen.some((row) => row.includes("╭─"));
    while (isOpen(terminal.screen()) || terminal.cursor() !== null) {
        const before = read(terminal.screen());
        terminal.press("esc");
        await terminal.waitFor((screen) => read(screen) !== before);
    }
    terminal.press(String(place));
    await terminal.waitFor(`[${place} ${screens[place - 1] ?? ""}]`);
}

story(
    "does on every screen what the line of keys offers",
    { sizes, isReader: true, databases: ["embedded"] },
    async ({ open }) => {
        const terminal = await open([], { timeoutMs: 60_000 });
        await terminal.waitFor(/✓ up to date|tests? warns?/);
        for (const place of screens.keys()) {
            await comeBack(terminal, place + 1);
            await terminal.waitFor((screen) => (screen.at(-1) ?? "").includes("⏎"));
            const pressed = new Set<string>();
            const nextOrNull = (): Hint | null =>
                readFooter(terminal).find(({ key, title }) => key !== "q" && !pressed.has(`${key} ${title}`)) ?? null;
            for (let hint = nextOrNull(); hint !== null; hint = nextOrNull()) {
                const { key, title } = hint;
                pressed.add(`${key} ${title}`);
                const before = read(terminal.screen());
                terminal.press(keyNames[key] ?? key);
                // Something is seen of it.
                await terminal.waitFor((screen) => read(screen) !== before);
                if (terminal.screen().at(-2)?.startsWith(` ${title}: `) === true) {
                    // It cannot be done: then the line of keys, which is drawn a moment after the rows, offers it no more.
                    await terminal.waitFor((screen) => screen.at(-1)?.includes(` ${key} ${title}`) === false);
                }
                if (key === "/" && terminal.screen().at(-2)?.startsWith(` ${title}: `) !== true) {
                    // What is asked for below the rows is being edited.
                    await terminal.waitFor(() => terminal.cursor() !== null);
                }
                await comeBack(terminal, place + 1);
            }
            expect([...pressed].length).toBeGreaterThan(4);
        }
    },
);
