import { describe, expect, it } from "vitest";
import { parseSettings } from "../../src/config/settings.js";
import { withDatabase } from "../../src/database/database.js";
import { describeOnServer } from "../setup/databases.js";
import { withLimitedRole } from "../setup/limited-role.js";
import { runStardeck } from "./run-stardeck.js";

describe.each([1, 2])("a role that may have %i connections", (connectionLimit) => {
    describeOnServer("on an empty database", {}, (database) => {
        const asOwner = (use: (url: string) => Promise<void>): Promise<void> =>
            withLimitedRole(
                database.connected,
                { url: database.flags[1] ?? "", connectionLimit },
                (role) => `grant create on database "${new URL(database.flags[1] ?? "").pathname.slice(1)}" to ${role}`,
                use,
            );

        it("lets transactions that begin at once take turns", async () => {
            await asOwner(async (url) => {
                const settings = parseSettings({ databaseUrl: url }, {}, database.workingFolder);
                const limits: number[] = [];
                const pids = await withDatabase(settings.database, { ...settings, maxConnections: 5 }, (opened) => {
                    opened.onLimit((count) => limits.push(count));
                    return Promise.all(
                        Array.from({ length: 8 }, () =>
                            opened.withTransaction(async (connection) => {
                                const { rows } = await connection.query<{ pid: number }>(
                                    "select pg_backend_pid() as pid",
                                );
                                return rows[0]?.pid;
                            }),
                        ),
                    );
                });
                expect(new Set(pids).size).toBe(connectionLimit);
                expect(Math.min(...limits)).toBe(connectionLimit);
            });
        });

        it("migrates, lands, builds, verifies, shows and takes everything back", { timeout: 240_000 }, async () => {
            await asOwner(async (url) => {
                const place = { workingFolder: database.workingFolder, flags: ["--database-url", url] };
                expect(await runStardeck(place, ["migrate", "--landing-tables"])).toMatchObject({ exitCode: 0 });
                expect(await runStardeck(place, ["seed", "--days", "3"])).toMatchObject({ exitCode: 0 });
                const built = await runStardeck(place, ["build", "--threads", "4"]);
                expect(built).toMatchObject({ exitCode: 0 });
                expect(built.stderr.match(/^The server has fewer connections for stardeck .*$/gm)).toEqual([
                    "The server has fewer connections for stardeck than --threads 4 would use: fewer models are built at a time.",
                ]);
                expect(await runStardeck(place, ["build", "--atomic", "--full-refresh"])).toMatchObject({
                    exitCode: 0,
                });
                for (const args of [["verify"], ["debug"], ["show", "dim_date"], ["query", "select 1"], ["history"]]) {
                    expect(await runStardeck(place, args)).toMatchObject({ exitCode: 0 });
                }
                expect(await runStardeck(place, ["migrate", "--rollback", "--all", "--yes"])).toMatchObject({
                    exitCode: 0,
                });
            });
        });
    });
});
