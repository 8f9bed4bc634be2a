import type { Connection } from "./connection.js";
import { buildRepinSql, buildRoleSettingsSql, type RoleSetting } from "./session-settings.js";

/**
 * Two views of a transaction's connection: `role` runs its statements with some settings of the role, `pinned` with our own. The
 * settings change only where a statement of the other kind comes next.
 *
 * @param control runs several statements in one text
 */
export function splitBySettings(
    connection: Connection,
    control: Connection,
    names: readonly RoleSetting[],
): { readonly pinned: Connection; readonly role: Connection } {
    if (names.length === 0) {
        return { pinned: connection, role: connection };
    }
    let current: "pinned" | "role" = "pinned";
    const change = async (wanted: "pinned" | "role"): Promise<void> => {
        if (current !== wanted) {
            await control.query(wanted === "role" ? buildRoleSettingsSql(names) : buildRepinSql(names));
            current = wanted;
        }
    };
    const view = (wanted: "pinned" | "role"): Connection => ({
        ...connection,
        query: async (sql, parameters) => {
            await change(wanted);
            return connection.query(sql, parameters);
        },
        queryText: async (sql, parameters) => {
            await change(wanted);
            return connection.queryText(sql, parameters);
        },
    });
    return { pinned: view("pinned"), role: view("role") };
}
