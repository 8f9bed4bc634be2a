import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Environment } from "../../src/config/environment.js";
import { StardeckError } from "../../src/config/errors.js";
import { packageFolder } from "../../src/config/package-folder.js";
import { parseSettings, type SettingsFlags } from "../../src/config/settings.js";

function parse(flags: SettingsFlags = {}, environment: Environment = {}): ReturnType<typeof parseSettings> {
    return parseSettings(flags, environment, "/some/folder");
}

function problemOf(flags: SettingsFlags, environment: Environment = {}): string {
    try {
        parse(flags, environment);
    } catch (error) {
        expect(error).toBeInstanceOf(StardeckError);
        expect((error as StardeckError).code).toBe("usage");
        return (error as StardeckError).message;
    }
    return "";
}

describe("parseSettings", () => {
    it("takes the embedded database of the working folder when nothing is named", () => {
        expect(parse()).toEqual({
            database: { kind: "embedded", folder: join("/some/folder", ".stardeck") },
            project: { folder: packageFolder, cameAlong: true },
            givenSourceSchema: null,
            readOnly: false,
            statementTimeoutMs: 0,
            connectTimeoutMs: 10_000,
            threads: 1,
            json: false,
            verbose: false,
            stateFile: join("/some/folder", ".stardeck", "interface.json"),
            cacheFolder: null,
        });
    });

    it("keeps a person's place in a server's database in their own folder, one file for each database", () => {
        const stateFileOf = (databaseUrl: string, environment: Environment): string | null =>
            parse({ databaseUrl }, environment).stateFile;
        const environment = { HOME: "/home/me" };
        const file = stateFileOf("postgres://me:secret@host/db", environment);
        expect(file).toMatch(/^\/home\/me\/\.local\/state\/stardeck\/[0-9a-f]{16}\.json$/);
        expect(stateFileOf("postgres://me@host/db", environment)).toBe(file);
        expect(stateFileOf("postgres://me@host/other", environment)).not.toBe(file);
        expect(stateFileOf("postgres://me@host/db", { XDG_STATE_HOME: "/state" })).toMatch(/^\/state\/stardeck\//);
        expect(stateFileOf("postgres://me@host/db", {})).toBeNull();
    });

    it("lets flags win over the environment", () => {
        const environment = { DATABASE_URL: "postgres://env@one/db", STARDECK_SOURCE_SCHEMA: "raw" };
        const given = parse({ databaseUrl: "postgres://flag@two/db", sourceSchema: "public" }, environment);
        expect(given).toMatchObject({ givenSourceSchema: "public", database: { name: "flag@two:5432/db" } });
        expect(parse({}, environment)).toMatchObject({
            givenSourceSchema: "raw",
            database: { name: "env@one:5432/db" },
        });
    });

    it("reads PG* variables as libpq does, and fills a URL's gaps from them", () => {
        const environment = { PGHOST: "db", PGPORT: "6000", PGUSER: "me", PGDATABASE: "shop", PGPASSWORD: "pw" };
        expect(parse({}, environment).database).toMatchObject({
            name: "me@db:6000/shop",
            hosts: [{ host: "db", address: null, port: 6000, password: "pw" }],
            user: "me",
            database: "shop",
            secrets: ["pw"],
        });
        expect(parse({ databaseUrl: "postgres://other/" }, environment).database).toMatchObject({
            name: "me@other:6000/shop",
        });
    });

    it("knows a password in both spellings and keeps it out of the name", () => {
        const { database } = parse({ databaseUrl: "postgres://me:p%40ss@host/db" });
        expect(database).toMatchObject({ name: "me@host:5432/db", secrets: ["p@ss", "p%40ss"] });
    });

    it("uses four threads on a server and one on the embedded database", () => {
        expect(parse({ databaseUrl: "postgres://host/db" }).threads).toBe(4);
        expect(parse({ threads: 8 }).threads).toBe(1);
    });

    it.each([
        ...["mysql://host/db", "shop", "mysql://host/db?a=b"].map((databaseUrl): [SettingsFlags, string] => [
            { databaseUrl },
            "--database-url must begin with postgres:// or postgresql://, or be of the form host=… dbname=….",
        ]),
        [
            { databaseUrl: "" },
            "--database-url is empty: give postgres://user@host:port/database, or leave the flag out.",
        ],
        [
            { databaseUrl: "postgres://host/db?sslmode=maybe" },
            "sslmode of --database-url must be one of disable, allow, prefer, require, verify-ca, verify-full.",
        ],
        ...[
            "postgres://me:a@b/c@host/db",
            "postgres://me:12/3@host/db",
            "postgres://me:p@ss@host/db",
            "postgres://me:100%@host/db",
        ].map((databaseUrl): [SettingsFlags, string] => [
            { databaseUrl },
            "--database-url cannot be read: special characters in its password must be percent-encoded (/ as %2F, ? as %3F, # as %23, @ as %40, % as %25).",
        ]),
        [{ sourceSchema: "ops" }, `--source-schema cannot be "ops": stardeck keeps its own tables there.`],
        [{ sourceSchema: " " }, "--source-schema takes the name of a database schema (1 to 63 bytes)."],
        [{ sourceSchema: "ä".repeat(32) }, "--source-schema takes the name of a database schema (1 to 63 bytes)."],
        [{ threads: 0 }, "--threads takes a number of threads from 1 to 64."],
        [{ statementTimeout: -1 }, "--statement-timeout takes a number of seconds from 0 to 604800."],
    ])("refuses %j", (flags, message) => {
        expect(problemOf(flags)).toBe(message);
    });

    it("names the variable that a wrong value comes from", () => {
        expect(problemOf({}, { STARDECK_STATEMENT_TIMEOUT: "soon", STARDECK_SOURCE_SCHEMA: "ops" })).toBe(
            `STARDECK_SOURCE_SCHEMA cannot be "ops": stardeck keeps its own tables there.
STARDECK_STATEMENT_TIMEOUT takes a number of seconds from 0 to 604800.`,
        );
    });

    it("names all problems at once, and no password", () => {
        const message = problemOf({
            databaseUrl: "postgres://me:s3cret@host:port/db",
            sourceSchema: "ops",
            threads: 99,
        });
        expect(message.split("\n")).toHaveLength(3);
        expect(message).not.toContain("s3cret");
    });
});
