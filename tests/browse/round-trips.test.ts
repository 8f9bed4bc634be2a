import pg from "pg";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { makeGridView, type GridView } from "../../src/browse/grid-view.js";
import { loadPage } from "../../src/browse/load-page.js";
import { openRelation } from "../../src/browse/open-relation.js";
import type { PagePosition, RowPage } from "../../src/browse/row-page.js";
import { describeOnBothDatabases } from "../setup/databases.js";
import { readOptions } from "./sample-rows.js";

describeOnBothDatabases("round trips", (test) => {
    beforeAll(async () => {
        for (const sql of [
            "create schema trips",
            "create table trips.keyed (id integer primary key, label text not null)",
            "insert into trips.keyed select id, 'label ' || id % 7 from generate_series(1, 2000) as id",
            "create table trips.landing (id integer, label text)",
            "insert into trips.landing select id, label from trips.keyed",
            "analyze trips.keyed, trips.landing",
        ]) {
            await test.connected.query(sql);
        }
    });
    afterEach(() => {
        vi.restoreAllMocks();
    });

    /** How often pg sends something and waits for the answer while this runs. */
    async function countTrips<T>(run: () => Promise<T>): Promise<readonly [trips: number, result: T]> {
        const sent = vi.spyOn(pg.Client.prototype, "query");
        const result = await run();
        const { length } = sent.mock.calls;
        sent.mockRestore();
        return [length, result];
    }

    function read(view: GridView, position: PagePosition): Promise<RowPage> {
        return loadPage(test.connected, view, position, { ...readOptions, pageRows: 50 });
    }

    it.each(["keyed", "landing"])("opening %s with its first page costs three, each further page two", async (name) => {
        const [opening, relation] = await countTrips(() =>
            openRelation(test.connected, { schema: "trips", name }, readOptions),
        );
        expect(opening).toBe(1);
        const view = makeGridView(relation);
        const [first, page] = await countTrips(() => read(view, { at: "start" }));
        expect([first, page.rows.length, page.hasBefore, page.hasAfter]).toEqual([2, 50, false, true]);
        const last = page.rows.at(-1);
        if (last === undefined) {
            throw new Error("There is no row.");
        }
        const [after, next] = await countTrips(() => read(view, { at: "after", key: last.key }));
        expect([after, next.rows[0]?.cells[0]]).toEqual([2, "51"]);
        const [before, previous] = await countTrips(() => read(view, { at: "before", key: last.key }));
        expect([before, previous.rows.at(-1)?.cells[0]]).toEqual([2, "49"]);
        const [from, again] = await countTrips(() => read(view, { at: "from", key: last.key }));
        expect([from, again.rows[0]?.cells[0], again.hasBefore]).toEqual([2, "50", true]);
        const [end, ended] = await countTrips(() => read(view, { at: "end" }));
        expect([end, ended.rows.at(-1)?.cells[0], ended.hasAfter]).toEqual([2, "2000", false]);
        const filters = [{ column: "label", operator: "=", value: "label 3" } as const];
        const [filtered, found] = await countTrips(() => read({ ...view, filters }, { at: "start" }));
        expect([filtered, found.rows[1]?.cells]).toEqual([2, ["10", "label 3"]]);
        const sorts = [{ column: "id", descending: true }];
        const [sorted, turned] = await countTrips(() => read({ ...view, sorts }, { at: "start" }));
        expect([sorted, turned.rows[0]?.cells[0]]).toEqual([2, "2000"]);
    });

    it("the end of a table is its end also when it has grown since it was opened", async () => {
        await test.connected.query("create table trips.grown (id integer)");
        const view = makeGridView(await openRelation(test.connected, { schema: "trips", name: "grown" }, readOptions));
        expect(view.relation).toMatchObject({ blocks: 0, estimatedRows: 0 });
        await test.connected.query("insert into trips.grown select generate_series(1, 5000)");
        const page = await read(view, { at: "end" });
        expect([page.rows.length, page.rows.at(-1)?.cells]).toEqual([50, ["5000"]]);
    });

    it("about how many rows there are is known without planning or counting", async () => {
        const estimateOf = async (name: string): Promise<number | null> =>
            (await openRelation(test.connected, { schema: "trips", name }, readOptions)).estimatedRows;
        await test.connected.query("create table trips.parted (id integer) partition by range (id)");
        await test.connected.query(
            "create table trips.parted_low partition of trips.parted for values from (0) to (100)",
        );
        await test.connected.query(
            "create table trips.parted_high partition of trips.parted for values from (100) to (300)",
        );
        await test.connected.query("insert into trips.parted select generate_series(0, 299)");
        await test.connected.query("analyze trips.parted");
        await test.connected.query("create view trips.shown as select * from trips.keyed");
        expect([await estimateOf("keyed"), await estimateOf("landing"), await estimateOf("parted")]).toEqual([
            2000, 2000, 300,
        ]);
        expect(await estimateOf("shown")).toBe(null);
        await test.connected.query("create table trips.unseen as select id, label from trips.keyed");
        expect(await estimateOf("unseen")).toBeGreaterThan(500);
    });
});
