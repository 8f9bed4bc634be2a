import { expect } from "vitest";
import { openDatabase } from "../setup/databases.js";
import { story } from "./story.js";
import { restoredModes } from "./story-terminal.js";

/** For what a machine that does other things as well takes its time for. */
const patient = { timeoutMs: 60_000 };

const unprepared = "The warehouse is not ready yet: `stardeck` goes on where it stopped.";

story(
    "prepares a fresh folder in sight, leaves at once when asked, goes on where it stopped, and lands on Home",
    { template: "empty" },
    async ({ open, settings }) => {
        const first = await open();
        await first.waitFor(/1 Home/);
        await first.waitFor("[3 Build]", patient);
        await first.waitFor(/~ Landing the demo webshop +0:\d\d +landed \d{4}-\d\d-\d\d, [\d,]+ rows so far/);
        first.press("ctrl-c");
        await first.waitFor("Ctrl-C once more quits");
        first.press("ctrl-c");
        expect(await first.exit()).toBe(0);
        expect(first.modes()).toEqual(restoredModes);
        expect(first.history()).toEqual(["$ stardeck", unprepared]);

        await openDatabase(settings, async (database) => {
            const { rows } = await database.query<{ missing: number }>(
                "select first_through - (select max(day) from staging.stardeck_seed_day) as missing from staging.stardeck_seed",
            );
            expect(rows[0]?.missing).toBeGreaterThan(0);
            // Ten weeks are more than a story needs.
            await database.query(
                "update staging.stardeck_seed set first_through = (select max(day) + 2 from staging.stardeck_seed_day)",
            );
        });

        const second = await open([], { columns: 120, rows: 40 });
        await second.waitFor("[3 Build]", patient);
        await second.waitFor(/Build #1 .*\d+\/18 .*elapsed/, patient);
        await second.waitFor("[1 Home]", patient);
        await second.waitFor(/[\d.]+ h avg_hours_to_ship/);
        second.press("3");
        await second.waitFor(/Build #1 .*ok/);
        second.press("q");
        await second.waitFor("[1 Home]");
        second.press("q");
        expect(await second.exit()).toBe(0);
        expect(second.history()[1]).toMatch(/^Run 1: ok after .*, 18 models\.$/);

        const third = await open();
        await third.waitFor("[1 Home]");
        await third.waitFor(/[\d.]+ h avg_hours_to_ship/);
        expect(third.bytes()).not.toContain("[3 Build]");
    },
);
