import { randomBytes } from "node:crypto";
import type { Database } from "../../src/database/database.js";

const password = "known to every test";

/**
 * Passes `use` the URL of a role with a connection limit, and removes the role afterwards.
 *
 * @param database opened by a superuser
 * @param url of that database
 * @param prepare gives the role, named by a quoted identifier, what it needs
 */
export async function withLimitedRole<T>(
    database: Database,
    { url, connectionLimit }: { readonly url: string; readonly connectionLimit: number },
    prepare: (role: string) => string,
    use: (url: string) => Promise<T>,
): Promise<T> {
    const role = `limited_${randomBytes(6).toString("hex")}`;
    await database.query(`create role ${role} login password '${password}' connection limit ${connectionLimit}`);
    try {
        await database.query(prepare(role));
        const limited = new URL(url);
        limited.username = role;
        limited.password = password;
        return await use(limited.href);
    } finally {
        await database.query(`reassign owned by ${role} to current_user`);
        await database.query(`drop owned by ${role}`);
        await database.query(`drop role ${role}`);
    }
}
