import { openDatabase } from "../setup/databases.js";
import { withLimitedRole } from "../setup/limited-role.js";
import { story } from "./story.js";

story("shows every screen to a role with one connection", { databases: ["server"] }, async (stage) => {
    await openDatabase(stage.settings, (database) =>
        withLimitedRole(
            database,
            { url: stage.flags[1] ?? "", connectionLimit: 1 },
            (role) => `grant pg_read_all_data to ${role}`,
            async (url) => {
                const terminal = await stage.open([], { arguments: ["--database-url", url] });
                await terminal.waitFor(/mart_weekly_discounts/);
                for (const [key, title] of [
                    ["5", "[5 Data]"],
                    ["2", "[2 Models]"],
                    ["4", "[4 Tests]"],
                    ["6", "[6 Lineage]"],
                    ["7", "[7 History]"],
                ] as const) {
                    terminal.type(key);
                    await terminal.waitFor(title);
                }
                await terminal.waitFor((screen) => !screen.join().includes("no connection left"));
                await terminal.close();
            },
        ),
    );
});
