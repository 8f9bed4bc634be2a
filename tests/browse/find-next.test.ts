import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { findNext } from "../../src/browse/find-next.js";
import { makeGridView } from "../../src/browse/grid-view.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { countCases } from "../setup/effort.js";
import { cellsOf, createSampleRows, keyOf, openSample, readOptions, sampleRelations, walk } from "./sample-rows.js";

const columns = ["label", "amount", "ratio"] as const;

const searches = fc.record({
    relation: fc.constantFrom(...sampleRelations),
    sorts: fc.constantFrom(
        [],
        [{ column: "label", descending: true }],
        [
            { column: "code", descending: false },
            { column: "amount", descending: true },
        ],
    ),
    where: fc.constantFrom(null, "code < 4"),
    text: fc.constantFrom("B", "nan", "IT'S", "1.00", "ng lo", "%", "_"),
    share: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    isBackwardRead: fc.boolean(),
});

describeOnBothDatabases("findNext", (database) => {
    beforeAll(async () => {
        await createSampleRows(database.connected);
    });

    it("gives the nearest row in which a visible column contains the text, in both directions", async () => {
        await fc.assert(
            fc.asyncProperty(searches, async ({ relation, text, share, isBackwardRead, ...changes }) => {
                const view = {
                    ...makeGridView(await openSample(database.connected, relation)),
                    ...changes,
                    columns,
                };
                const read = await walk(database.connected, view, isBackwardRead ? "backward" : "forward", 500);
                const rows = isBackwardRead ? read.toReversed() : read;
                const index = share === null ? null : Math.floor(share * (rows.length - 1));
                const from = index === null ? null : keyOf(rows[index]);
                const found = rows.map(({ cells }) =>
                    columns.filter((_name, place) => cells[place]?.toLowerCase().includes(text.toLowerCase()) === true),
                );
                const expected = {
                    next: found.findIndex((names, at) => names.length > 0 && (index === null || at > index)),
                    previous: found.findLastIndex((names, at) => names.length > 0 && (index === null || at < index)),
                };
                for (const direction of ["next", "previous"] as const) {
                    const result = await findNext(database.connected, view, text, from, direction, readOptions);
                    const at = expected[direction];
                    expect(result?.columns ?? null).toEqual(at < 0 ? null : found[at]);
                    if (result !== null) {
                        // Where it stands is told by what follows.
                        const after = await walk(database.connected, view, "forward", 500, result.key);
                        expect(cellsOf(after)).toEqual(cellsOf(rows.slice(at + 1)));
                    }
                }
            }),
            { numRuns: countCases(database.kind === "server" ? 30 : 10) },
        );
    });

    it("looks through whole values, and takes every character as itself", async () => {
        const view = makeGridView(await openSample(database.connected, "keyed"));
        const find = async (text: string): Promise<readonly string[] | undefined> =>
            (await findNext(database.connected, view, text, null, "next", readOptions))?.columns;
        // Behind the characters that a page shows.
        expect(await find("long 3")).toEqual(["label"]);
        expect(await find("ä")).toEqual(["label"]);
        expect(await find("nothing like that")).toBeUndefined();
    });
});
