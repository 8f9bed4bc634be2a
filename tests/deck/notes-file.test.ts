import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findNotes, readNotesOrNull, withNotes } from "../../src/deck/notes-file.js";
import type { PresenterPlace } from "../../src/deck/presentation.js";
import { parseJsonLines, startStardeck } from "../commands/run-stardeck.js";

const usual = process.env.TMPDIR;

// Whoever follows looks for the demo that began last: not one of somebody else.
beforeEach(async () => {
    process.env.TMPDIR = await mkdtemp(join(tmpdir(), "stardeck-notes-test-"));
});

afterEach(async () => {
    await rm(tmpdir(), { recursive: true });
    if (usual === undefined) {
        delete process.env.TMPDIR;
    } else {
        process.env.TMPDIR = usual;
    }
});

function makePlace(number: number): PresenterPlace {
    const timer = { startedAtMs: null, countedMs: 0 };
    return { number, count: 2, title: `Slide ${number}`, notes: "Say hello.", nextTitle: null, timer };
}

describe("withNotes", () => {
    it("keeps the last place where this user alone finds it, and takes it away at the end", async () => {
        const folder = await withNotes(async (tell) => {
            tell(makePlace(1));
            tell(makePlace(2));
            await expect.poll(async () => readNotesOrNull(await findNotes())).toEqual(makePlace(2));
            const found = await findNotes();
            expect((await stat(found)).mode & 0o777).toBe(0o700);
            return found;
        });
        expect(await readNotesOrNull(folder)).toBeNull();
        await expect(findNotes()).rejects.toMatchObject({
            message: "No demo is going on.",
            hint: "Start `stardeck demo` on another terminal of this machine, then its notes can be shown here.",
        });
    });

    it("takes away what a demo that was killed has left", async () => {
        // No process has this number: it is above what Linux gives.
        const dead = join(tmpdir(), "stardeck-notes-99999999-abcDEF");
        await mkdir(dead);
        await withNotes(async () => {
            await expect
                .poll(() => readdir(tmpdir()))
                .toEqual([expect.stringMatching(new RegExp(`^stardeck-notes-${process.pid}-\\w{6}$`))]);
        });
        expect(await readdir(tmpdir())).toEqual([]);
    });

    it("is looked for in no folder that others could have made", async () => {
        const elsewhere = await mkdtemp(join(tmpdir(), "elsewhere-"));
        await symlink(elsewhere, join(tmpdir(), `stardeck-notes-${process.pid}-abcDEF`));
        const open = join(tmpdir(), `stardeck-notes-${process.pid}-abcXYZ`);
        await mkdir(open);
        await chmod(open, 0o777);
        await expect(findNotes()).rejects.toMatchObject({ message: "No demo is going on." });
    });

    it("is followed from another process, slide by slide, until the end", async () => {
        const place = { workingFolder: tmpdir(), flags: [] };
        const follower = await withNotes(async (tell) => {
            tell(makePlace(1));
            await expect.poll(async () => readNotesOrNull(await findNotes())).toEqual(makePlace(1));
            const started = startStardeck(place, ["demo", "--notes", "--json"], { TMPDIR: tmpdir() });
            await started.waitForOutput(/Slide 1/);
            tell(makePlace(2));
            await started.waitForOutput(/Slide 2/);
            return started;
        });
        const { exitCode, stdout, stderr } = await follower.finished;
        expect([exitCode, stderr]).toEqual([0, "The demo has ended.\n"]);
        expect(parseJsonLines(stdout)).toEqual([1, 2].map((number) => ({ type: "slide", ...makePlace(number) })));
    });
});
