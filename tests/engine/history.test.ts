import { beforeEach, expect, it } from "vitest";
import { describeOnBothDatabases } from "../setup/databases.js";
import { build, changesOf, landCustomers, rowsOf } from "./small-builds.js";
import { emptySmallWarehouse } from "./small-warehouse.js";

type Version = readonly [id: number | null, name: string | null, modifiedAt: string | null];

describeOnBothDatabases("the history of a dimension, built after each batch,", { template: "small" }, (test) => {
    beforeEach(() => emptySmallWarehouse(test.connected));

    /** Builds after each batch; gives the versions as `name from → to`, the current one starred. */
    async function historyOf(...batches: readonly (readonly Version[])[]): Promise<string[]> {
        for (const batch of batches) {
            await landCustomers(test.connected, ...batch);
            expect((await build(test.connected, { select: ["dim_customer"] })).status).toBe("ok");
        }
        const rows = await rowsOf(
            test.connected,
            `select concat_ws(' ', customer_id, coalesce(name, '-'), valid_from::date, valid_to::date, case when is_current then '*' end)
            from warehouse.dim_customer order by customer_id, valid_from`,
        );
        const refreshed = await build(test.connected, { select: ["dim_customer"], fullRefresh: true });
        expect(changesOf(refreshed)).toEqual({ dim_customer: `all: +0 ~0 -0 =${rows.length}` });
        return rows.map(([text]) => text ?? "");
    }

    it("gets a version at each change and none where nothing that is tracked changed", async () => {
        expect(
            await historyOf([[1, "red", "2025-01-01"]], [[1, "red", "2025-01-02"]], [[1, "blue", "2025-01-03"]]),
        ).toEqual(["1 red 2025-01-01 2025-01-03", "1 blue 2025-01-03 9999-12-31 *"]);
    });

    it("keeps a value that comes back apart from its first time: red → blue → red", async () => {
        expect(
            await historyOf([[1, "red", "2025-01-01"]], [[1, "blue", "2025-01-02"]], [[1, "red", "2025-01-03"]]),
        ).toEqual(["1 red 2025-01-01 2025-01-02", "1 blue 2025-01-02 2025-01-03", "1 red 2025-01-03 9999-12-31 *"]);
    });

    it("takes a backdated version into its place", async () => {
        expect(
            await historyOf([[1, "red", "2025-01-01"]], [[1, "blue", "2025-01-10"]], [[1, "green", "2025-01-05"]]),
        ).toEqual(["1 red 2025-01-01 2025-01-05", "1 green 2025-01-05 2025-01-10", "1 blue 2025-01-10 9999-12-31 *"]);
    });

    it("takes a version before the first one", async () => {
        expect(await historyOf([[1, "blue", "2025-01-10"]], [[1, "red", "2025-01-01"]])).toEqual([
            "1 red 2025-01-01 2025-01-10",
            "1 blue 2025-01-10 9999-12-31 *",
        ]);
    });

    it("joins versions that a correction makes equal, and parts them again", async () => {
        expect(
            await historyOf(
                [
                    [1, "red", "2025-01-01"],
                    [1, "amber", "2025-01-02"],
                    [1, "red", "2025-01-03"],
                ],
                // If two rows have the same version, the one that sorts last counts.
                [[1, "red", "2025-01-02"]],
            ),
        ).toEqual(["1 red 2025-01-01 9999-12-31 *"]);
        expect(await historyOf([[1, "violet", "2025-01-02"]])).toEqual([
            "1 red 2025-01-01 2025-01-02",
            "1 violet 2025-01-02 2025-01-03",
            "1 red 2025-01-03 9999-12-31 *",
        ]);
    });

    it("revives a member whose value was gone for a while", async () => {
        expect(
            await historyOf([[1, "red", "2025-01-01"]], [[1, null, "2025-01-02"]], [[1, "red", "2025-01-03"]]),
        ).toEqual(["1 red 2025-01-01 2025-01-02", "1 - 2025-01-02 2025-01-03", "1 red 2025-01-03 9999-12-31 *"]);
    });

    it("has one current row for a key delivered twice, and none for a missing key", async () => {
        expect(
            await historyOf(
                [
                    [1, "red", "2025-01-01"],
                    [1, "red", "2025-01-01"],
                    [null, "red", "2025-01-01"],
                ],
                [
                    [1, "red", "2025-01-01"],
                    [null, null, "2025-01-02"],
                ],
                [[1, "blue", "2025-01-01"]],
            ),
        ).toEqual(["1 red 2025-01-01 9999-12-31 *"]);
    });

    it("takes several versions of several members in one batch, in whatever order", async () => {
        expect(
            await historyOf([
                [2, "two", "2025-01-02"],
                [1, "blue", "2025-01-03"],
                [2, "one", "2025-01-01"],
                [1, "red", "2025-01-01"],
            ]),
        ).toEqual([
            "1 red 2025-01-01 2025-01-03",
            "1 blue 2025-01-03 9999-12-31 *",
            "2 one 2025-01-01 2025-01-02",
            "2 two 2025-01-02 9999-12-31 *",
        ]);
    });
});
