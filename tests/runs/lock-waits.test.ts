import { expect, it } from "vitest";
import { loadModelWaits, type ModelWait } from "../../src/runs/lock-waits.js";
import { describeOnServer } from "../setup/databases.js";
import { build, landOrders, modelOf } from "../engine/small-builds.js";

describeOnServer("what running models wait for", { template: "small" }, (test) => {
    it("is a lock on their table, since when, and who holds it", async () => {
        await landOrders(test.connected, { id: 1 });
        let waited: ModelWait | undefined;
        let blockerPid: number | null = null;
        let building: ReturnType<typeof build> | undefined;
        await test.connected.withTransaction(async (blocker) => {
            const { rows } = await blocker.query<{ pid: number }>("select pg_backend_pid() as pid");
            blockerPid = rows[0]?.pid ?? null;
            await blocker.query("select set_config('application_name', 'a nightly job', true)");
            await blocker.query("lock table warehouse.fct_orders in access exclusive mode");
            building = build(test.connected, { select: ["fct_orders"] });
            while (waited?.waitType !== "Lock") {
                waited = (await loadModelWaits(test.connected, ["stg_order", "fct_orders"])).get("fct_orders");
            }
        });
        expect(waited).toMatchObject({
            modelName: "fct_orders",
            waitType: "Lock",
            waitEvent: "relation",
            relation: "warehouse.fct_orders",
            blockers: [{ pid: blockerPid, application: "a nightly job", state: "idle in transaction" }],
        });
        expect(waited?.waitedMs ?? 0).toBeGreaterThanOrEqual(0);
        const summary = await building;
        expect(summary && modelOf(summary, "fct_orders").status).toBe("ok");
        expect(await loadModelWaits(test.connected, ["fct_orders"])).toEqual(new Map());
    });
});
