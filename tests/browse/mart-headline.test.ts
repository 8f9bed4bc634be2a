import { beforeAll, expect, it } from "vitest";
import { loadMartHeadline } from "../../src/browse/mart-headline.js";
import { loadKnownSources } from "../../src/runs/source-state.js";
import { loadSourceAge } from "../../src/warehouse/source-freshness.js";
import type { PresentationDefinition } from "../../src/project/definitions.js";
import type { Source } from "../../src/warehouse/registry.js";
import { build, landCustomers } from "../engine/small-builds.js";
import { describeOnBothDatabases } from "../setup/databases.js";

const options = { signal: new AbortController().signal, timeoutMs: 60_000 };

describeOnBothDatabases("the headline of a mart", (test) => {
    beforeAll(async () => {
        await test.connected.query(
            `create schema marts;
            create table marts.by_week (week_start date primary key, orders bigint, refund_amount numeric);
            insert into marts.by_week values ('2025-03-03', 5, 7.50), ('2025-03-10', 6, null), ('2025-03-17', 4, 9.25);
            create table marts.by_name (id integer primary key, name text, note text, total numeric);
            insert into marts.by_name
            select n, 'name ' || n, repeat('x', 100000), n from generate_series(1, 1200) as n
            union all select 0, null, null, null;
            create table marts.nothing (id integer primary key, total numeric);
            create view marts.words as select 'a'::text as word`,
        );
    });
    const load = (
        name: string,
        description = "",
        presentation: PresentationDefinition | null = null,
    ): ReturnType<typeof loadMartHeadline> =>
        loadMartHeadline(test.connected, { schema: "marts", name, description, presentation }, options);

    it("is the course of what it is about, over the newest periods", async () => {
        const headline = await load("by_week", "How much do we refund?");
        expect(headline).toMatchObject({
            chart: {
                kind: "bars",
                labelColumn: "week_start",
                valueColumn: "refund_amount",
                points: [
                    { label: "2025-03-03", value: 7.5 },
                    { label: "2025-03-10", value: null },
                    { label: "2025-03-17", value: 9.25 },
                ],
            },
            measure: { name: "refund_amount" },
            rowCount: 3,
            isWhole: true,
        });
    });

    it("is those with the greatest values where there are no periods, and says that there are more", async () => {
        const { chart, rowCount, isWhole } = await load("by_name");
        expect({ rowCount, isWhole }).toEqual({ rowCount: 1000, isWhole: false });
        expect(chart).toMatchObject({ kind: "horizontal bars", labelColumn: "name", valueColumn: "total" });
        expect(chart.kind === "horizontal bars" ? chart.points.slice(0, 2) : []).toEqual([
            { label: "name 1200", value: 1200 },
            { label: "name 1199", value: 1199 },
        ]);
    });

    it("says why there is none", async () => {
        expect((await load("nothing")).chart).toEqual({ kind: "none", reason: "There are no rows to draw." });
        expect((await load("words")).chart).toEqual({ kind: "none", reason: "There is no column of numbers to draw." });
        expect(
            await load("by_week", "", {
                measure: "orders",
                chart: "line",
                headline:
                    "{sum(orders)} orders, {count(*) filter (where orders > 5)} good week(s), {max(refund_amount)} back",
            }),
        ).toMatchObject({
            chart: { kind: "line", valueColumn: "orders" },
            sentence: "15 orders, 1 good week(s), 9.25 back",
        });
        expect(await load("by_week", "", { chart: "none" })).toMatchObject({ chart: { kind: "none" }, sentence: null });
        await expect(load("gone")).rejects.toThrow("There is no table or view marts.gone in the database.");
    });
});

describeOnBothDatabases("how new a source is", { template: "small" }, (test) => {
    const source = (name: string): Source => ({
        name,
        table: name,
        schema: "staging",
        description: "",
        kind: "versions",
        deletes: "refuse",
        keepsHistory: false,
        keyColumns: ["id"],
        versionColumn: "modified_at",
        loadCursorColumn: null,
        columns: [],
        warnAfterHours: 36,
        errorAfterHours: 60,
    });

    it("is told by the last build without reading it, and by itself when asked", async () => {
        expect((await loadKnownSources(test.connected)).get("customer")).toEqual({ newest: null, isDemo: false });
        expect(await loadSourceAge(test.connected, source("customer"))).toEqual({
            kind: "found",
            newest: null,
            ageHours: null,
            freshness: "not watched",
        });
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"], [2, "Bob", "2025-01-03"]);
        await build(test.connected);
        await landCustomers(test.connected, [3, "Cy", "2025-01-04"], [4, "Dee", "infinity"]);
        expect((await loadKnownSources(test.connected)).get("customer")).toEqual({
            newest: "2025-01-03 00:00:00",
            isDemo: false,
        });
        expect(await loadSourceAge(test.connected, source("customer"))).toMatchObject({
            kind: "found",
            newest: "2025-01-04T00:00:00",
            freshness: "much too old",
        });
        expect(await loadSourceAge(test.connected, source("gone"))).toEqual({ kind: "missing", foundIn: [] });
    });
});
