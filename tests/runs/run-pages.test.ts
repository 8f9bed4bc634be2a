import { beforeAll, describe, expect, it } from "vitest";
import { buildRunComparison } from "../../src/runs/compare-runs.js";
import { loadRunOutcome } from "../../src/runs/run-outcome.js";
import { allRuns, countRuns, loadRunPage, type RunFilter, type RunPlace } from "../../src/runs/run-pages.js";
import { build, landCustomers, landOrders } from "../engine/small-builds.js";
import { describeOnBothDatabases } from "../setup/databases.js";

describeOnBothDatabases("the history", { template: "small" }, (test) => {
    let first = "";
    let second = "";
    let third = "";

    beforeAll(async () => {
        await landCustomers(test.connected, [1, "Ada", "2025-01-01"]);
        await landOrders(test.connected, { id: 1, customer: 1 });
        first = (await build(test.connected)).runId;
        await landOrders(test.connected, { id: 2, customer: 1, amount: "-5" });
        second = (await build(test.connected)).runId;
        third = (await build(test.connected, { select: ["dim_customer"], command: "test" })).runId;
    });

    describe("in pages", () => {
        const page = async (place: RunPlace, limit: number, filter: Partial<RunFilter> = {}): Promise<string> => {
            const { runs, hasMore } = await loadRunPage(test.connected, { ...allRuns, ...filter }, place, limit);
            return `${runs.map(({ runId }) => runId).join(" ")}${hasMore ? " and more" : ""}`;
        };

        it("goes from the newest to the oldest and back, and begins at both ends", async () => {
            expect(await countRuns(test.connected)).toBe(3);
            expect(await page({ kind: "newest" }, 2)).toBe(`${third} ${second} and more`);
            expect(await page({ kind: "olderThan", runId: second }, 2)).toBe(first);
            expect(await page({ kind: "oldest" }, 2)).toBe(`${second} ${first} and more`);
            expect(await page({ kind: "newerThan", runId: first }, 1)).toBe(`${second} and more`);
            expect(await page({ kind: "newerThan", runId: second }, 2)).toBe(third);
            expect(await page({ kind: "newerThan", runId: third }, 2)).toBe("");
        });

        it("holds what is asked for alone", async () => {
            const newest = { kind: "newest" } as const;
            expect(await page(newest, 9, { isProblemsOnly: true })).toBe(second);
            expect(await page(newest, 9, { text: "DIM_cust" })).toBe(`${third} ${first}`);
            expect(await page(newest, 9, { text: "fct_orders" })).toBe(`${second} ${first}`);
            expect(await page(newest, 9, { text: "100%" })).toBe("");
            expect(await page(newest, 9, { modelName: "fct_visits" })).toBe(`${second} ${first}`);
            const { runs } = await loadRunPage(test.connected, { ...allRuns, modelName: "dim_customer" }, newest, 9);
            expect(runs.map(({ modelCount, rowsInserted }) => [modelCount, rowsInserted])).toEqual([
                [1, 0],
                [1, 0],
                [1, 1],
            ]);
        });
    });

    it("tells what a run changed and what did not pass", async () => {
        const outcome = await loadRunOutcome(test.connected, second, 10);
        expect(outcome.models.map(({ modelName, status }) => [modelName, status])).toEqual([
            ["fct_orders", "failed"],
            ["paid_orders", "skipped"],
            ["mart_customers", "skipped"],
        ]);
        expect(outcome.problems).toEqual([
            {
                testName: "fct_orders.amount_is_positive",
                modelName: "fct_orders",
                status: "failed",
                failingCount: 1,
                message: null,
            },
        ]);
        expect(outcome).toMatchObject({ moreModelCount: 0, unchangedModelCount: 5 });
        const short = await loadRunOutcome(test.connected, first, 1);
        expect(short.models).toHaveLength(1);
        expect(short).toMatchObject({ moreModelCount: 2, unchangedModelCount: 5, problems: [] });
    });

    it("compares two runs by model and by test, what differs most first", async () => {
        const { models, tests, runs } = buildRunComparison(first, second);
        const of = async (sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
            (await test.connected.query<Readonly<Record<string, unknown>>>(sql)).rows;
        const compared = await of(models);
        expect(compared).toHaveLength(8);
        expect(compared[0]).toMatchObject({
            model: "fct_orders",
            [`status_${first}`]: "ok",
            [`status_${second}`]: "failed",
            [`scope_${first}`]: "never built",
        });
        const [asked] = await of(tests);
        expect(asked).toMatchObject({
            data_test: "fct_orders.amount_is_positive",
            [`status_${first}`]: "passed",
            [`status_${second}`]: "failed",
            more_rows: expect.toSatisfy((more: unknown) => Number(more) === 1) as unknown,
        });
        expect((await of(runs)).map(({ what }) => what)).toEqual(["build", "build"]);
        const other = await of(buildRunComparison(second, third).models);
        expect(other.find(({ model }) => model === "fct_orders")?.[`status_${third}`]).toBe("not in it");
    });
});
