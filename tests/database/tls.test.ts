import { execFile } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { aroundAll, describe, expect, inject, it } from "vitest";
import { parseSettings } from "../../src/config/settings.js";
import { ConnectionError } from "../../src/database/errors.js";
import { encryptKey, hasOpenssl, makeAuthority, makeSelfSigned } from "../setup/certificates.js";
import { openDatabase } from "../setup/databases.js";
import { describeWhere } from "../setup/describe-where.js";
import { startPostgresServer, type StartedServer } from "../setup/postgres-server.js";

const run = promisify(execFile);

/** Which connections each database takes, by encryption and by certificate. */
const accessRules = `
local     all        all                trust
hostssl   only_tls   all  127.0.0.1/32  scram-sha-256
hostnossl only_plain all  127.0.0.1/32  scram-sha-256
hostssl   only_cert  all  127.0.0.1/32  cert
hostssl   cert_too   all  127.0.0.1/32  scram-sha-256 clientcert=verify-ca
host      postgres   all  127.0.0.1/32  scram-sha-256
`;

const accessBy = (folder: string): Readonly<Record<string, string>> => ({ hba_file: join(folder, "pg_hba.conf") });

const serverName = "db.test";
const roleName = "stardeck_test";
const question =
    "select case when ssl then version else 'plain' end as encryption from pg_stat_ssl where pid = pg_backend_pid()";

type Outcome = "TLSv1.2" | "TLSv1.3" | "plain" | "refused";

/** A connection string as pairs, and the variables that count. */
interface Attempt {
    readonly pairs: Readonly<Record<string, string>>;
    readonly environment?: Readonly<Record<string, string>>;
}

/** psql and the libpq that it uses: that of the server, where that comes with one. */
interface Psql {
    readonly libraryFolder: string | null;
    readonly version: number;
}

async function findPsqlOrNull({ libraryFolder }: StartedServer): Promise<Psql | null> {
    const version = await run("psql", ["--version"]).then(
        ({ stdout }) => Number(/(\d+)/.exec(stdout)?.[1]),
        () => null,
    );
    return version === null ? null : { libraryFolder, version };
}

describeWhere(await hasOpenssl(), "a server with TLS", "openssl is not installed", () => {
    const place = {} as {
        started: StartedServer;
        psql: Psql | null;
        folder: string;
        file: (name: string) => string;
        isDirectKnown: boolean;
    };

    /** The server's certificate, and further settings. */
    const serve = (certificate: string | null): Promise<void> =>
        place.started.restart((folder) => ({
            ...accessBy(folder),
            ...(certificate === null
                ? {}
                : {
                      ssl: "on",
                      ssl_cert_file: join(folder, `${certificate}.crt`),
                      ssl_key_file: join(folder, `${certificate}.key`),
                      ssl_ca_file: join(folder, "root.crt"),
                  }),
        }));

    aroundAll(async (runSuite) => {
        const folder = await mkdtemp(join(inject("runFolder"), "tls-"));
        const authority = await makeAuthority(folder, "an authority");
        const stranger = await makeAuthority(folder, "another authority");
        const good = await authority.issue({ name: serverName });
        const client = await authority.issue({ name: roleName });
        const strange = await stranger.issue({ name: roleName });
        const servers = {
            good,
            other: await authority.issue({ name: "other.test" }),
            expired: await authority.issue({ name: serverName, isExpired: true }),
            alone: await makeSelfSigned(folder, { name: serverName }),
            revoked: await authority.issue({ name: serverName }),
        };
        const files = {
            "root.crt": authority.certificate,
            "stranger.crt": stranger.certificate,
            "root.crl": await authority.revoke(servers.revoked),
            "client.crt": client.certificate,
            "client.key": client.key,
            "encrypted.key": await encryptKey(folder, client.key, "open"),
            "strange.crt": strange.certificate,
            "strange.key": strange.key,
            "open.key": client.key,
        };
        for (const [name, content] of Object.entries(files)) {
            await writeFile(join(folder, name), content, { mode: 0o600 });
        }
        await chmod(join(folder, "open.key"), 0o644);
        // libpq finds a list in a folder by the hash of its authority's name.
        const crl = join(folder, "root.crl");
        const { stdout: hash } = await run("openssl", ["crl", "-hash", "-noout", "-in", crl]);
        await mkdir(join(folder, "lists"));
        await copyFile(crl, join(folder, "lists", `${hash.trim()}.r0`));
        await mkdir(join(folder, "home"));
        await mkdir(join(folder, "own-home", ".postgresql"), { recursive: true });
        for (const [name, content] of [
            ["root.crt", files["root.crt"]],
            ["postgresql.crt", client.certificate],
            ["postgresql.key", client.key],
        ] as const) {
            await writeFile(join(folder, "own-home", ".postgresql", name), content, { mode: 0o600 });
        }
        const started = await startPostgresServer(process.env.STARDECK_TEST_POSTGRES ?? "", {
            files: {
                "pg_hba.conf": accessRules,
                "root.crt": authority.certificate,
                ...Object.fromEntries(
                    Object.entries(servers).flatMap(([name, { certificate, key }]) => [
                        [`${name}.crt`, certificate],
                        [`${name}.key`, key],
                    ]),
                ),
            },
            settings: accessBy,
        });
        try {
            await openDatabase(parseSettings({ databaseUrl: started.server.url }, {}, folder), async (database) => {
                for (const name of ["only_tls", "only_plain", "only_cert", "cert_too"]) {
                    await database.maintain(`create database ${name}`);
                }
                const { rows } = await database.query<{ version: number }>(
                    "select current_setting('server_version_num')::integer as version",
                );
                place.isDirectKnown = (rows[0]?.version ?? 0) >= 170_000;
            });
            Object.assign(place, {
                started,
                folder,
                psql: await findPsqlOrNull(started),
                file: (name: string) => join(folder, name),
            });
            await runSuite();
        } finally {
            await started.stop();
        }
    });

    async function attempt({
        pairs,
        environment = {},
    }: Attempt): Promise<{ readonly outcome: Outcome; readonly message: string }> {
        const url = new URL(place.started.server.url);
        const given = {
            host: serverName,
            hostaddr: "127.0.0.1",
            port: url.port,
            user: roleName,
            password: decodeURIComponent(url.password),
            dbname: "postgres",
            ...pairs,
        };
        const databaseUrl = Object.entries(given)
            .map(([name, value]) => `${name}='${value}'`)
            .join(" ");
        const variables = { HOME: place.file("home"), ...environment };
        const ours = await askStardeck(databaseUrl, variables);
        if (place.psql !== null && isKnown(place.psql, given)) {
            expect(await askPsql(place.psql, databaseUrl, variables)).toBe(ours.outcome);
        }
        return ours;
    }

    const outcomeOf = async (pairs: Attempt["pairs"], environment: Attempt["environment"] = {}): Promise<Outcome> =>
        (await attempt({ pairs, environment })).outcome;

    async function askStardeck(
        databaseUrl: string,
        environment: Readonly<Record<string, string>>,
    ): Promise<{ readonly outcome: Outcome; readonly message: string }> {
        try {
            const settings = parseSettings({ databaseUrl }, environment, place.folder);
            return await openDatabase(settings, async (database) => {
                const { rows } = await database.query<{ encryption: Outcome }>(question);
                return { outcome: rows[0]?.encryption ?? "refused", message: "" };
            });
        } catch (error) {
            if (error instanceof ConnectionError || (error instanceof Error && error.name === "StardeckError")) {
                return { outcome: "refused", message: error.message };
            }
            throw error;
        }
    }

    const modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;
    const outcomesOf = async (pairs: Attempt["pairs"]): Promise<readonly Outcome[]> => {
        const outcomes: Outcome[] = [];
        for (const sslmode of modes) {
            outcomes.push(await outcomeOf({ ...pairs, sslmode }));
        }
        return outcomes;
    };
    const tls = "TLSv1.3";
    const no = "refused";

    // https://www.postgresql.org/docs/17/libpq-ssl.html#LIBPQ-SSL-PROTECTION, in the order of `modes`. A root certificate
    // that is named is used in every mode; `prefer` goes on without TLS where the server's certificate is not good.
    const withoutRoot = ["plain", "plain", tls, tls, no, no] as const;
    const distrusted = ["plain", "plain", "plain", no, no, no] as const;
    describe.each([
        ["good", withoutRoot, ["plain", "plain", tls, tls, tls, tls]],
        ["other", withoutRoot, ["plain", "plain", tls, tls, tls, no]],
        ["expired", withoutRoot, distrusted],
        ["alone", withoutRoot, distrusted],
        ["revoked", withoutRoot, ["plain", "plain", tls, tls, tls, tls]],
        [null, ["plain", "plain", "plain", no, no, no], ["plain", "plain", "plain", no, no, no]],
    ] as const)("with the certificate %s", (certificate, unchecked, checked) => {
        it("gives what each sslmode promises", async () => {
            await serve(certificate);
            expect(await outcomesOf({})).toEqual(unchecked);
            expect(await outcomesOf({ sslrootcert: place.file("root.crt") })).toEqual(checked);
            expect(await outcomesOf({ sslrootcert: place.file("stranger.crt") })).toEqual(
                certificate === null ? unchecked : distrusted,
            );
        });
    });

    it("takes lists of revoked certificates, by file and by folder", async () => {
        const checked = { sslmode: "verify-ca", sslrootcert: place.file("root.crt") };
        const lists = [{ sslcrl: place.file("root.crl") }, { sslcrldir: place.file("lists") }];
        await serve("revoked");
        for (const list of lists) {
            expect(await outcomeOf({ ...checked, ...list })).toBe(no);
        }
        await serve("good");
        for (const list of lists) {
            expect(await outcomeOf({ ...checked, ...list })).toBe(tls);
        }
        expect(await outcomeOf({ ...checked, sslcrldir: place.file("missing") })).toBe(no);
    });

    describe("whose access rules look at the encryption", () => {
        aroundAll(async (runSuite) => {
            await serve("good");
            await runSuite();
        });

        it("tries the other way where one is refused", async () => {
            expect(await outcomesOf({ dbname: "only_tls" })).toEqual([no, tls, tls, tls, no, no]);
            expect(await outcomesOf({ dbname: "only_plain" })).toEqual(["plain", "plain", "plain", no, no, no]);
        });

        it("prefers TLS where nothing is said", async () => {
            expect(await outcomeOf({})).toBe(tls);
            expect(await outcomeOf({ dbname: "only_tls" })).toBe(tls);
        });

        it("takes the files of ~/.postgresql", async () => {
            const environment = { HOME: place.file("own-home") };
            expect(await outcomeOf({ dbname: "only_cert", sslmode: "verify-full" }, environment)).toBe(tls);
            expect(await outcomeOf({ dbname: "only_cert", sslcertmode: "disable" }, environment)).toBe(no);
        });

        it("asks for a certificate of ours", async () => {
            const sslcert = place.file("client.crt");
            const own = { sslmode: "require", sslcert, sslkey: place.file("client.key") };
            const strange = {
                sslmode: "require",
                sslcert: place.file("strange.crt"),
                sslkey: place.file("strange.key"),
            };
            for (const dbname of ["only_cert", "cert_too"]) {
                expect(await outcomeOf({ dbname, ...own })).toBe(tls);
                expect(await outcomeOf({ dbname, ...strange })).toBe(no);
                expect(await outcomeOf({ dbname, sslmode: "require" })).toBe(no);
            }
            // `cert` asks for no password; `clientcert` comes on top of one.
            expect(await outcomeOf({ dbname: "only_cert", ...own, password: "wrong" })).toBe(tls);
            expect(await outcomeOf({ dbname: "cert_too", ...own, password: "wrong" })).toBe(no);
        });

        it("opens an encrypted key, and refuses one that others may read", async () => {
            const own = { dbname: "only_cert", sslmode: "require", sslcert: place.file("client.crt") };
            const encrypted = { ...own, sslkey: place.file("encrypted.key") };
            expect(await outcomeOf({ ...encrypted, sslpassword: "open" })).toBe(tls);
            expect(await outcomeOf({ ...encrypted, sslpassword: "shut" })).toBe(no);
            expect(await attempt({ pairs: { ...own, sslkey: place.file("open.key") } })).toEqual({
                outcome: no,
                message: `The private key ${place.file("open.key")} can be read or written by others.`,
            });
        });

        it("takes the authorities of the system", async () => {
            const trusted = { SSL_CERT_FILE: place.file("root.crt") };
            const others = { SSL_CERT_FILE: place.file("stranger.crt") };
            expect(await outcomeOf({ sslrootcert: "system" }, trusted)).toBe(tls);
            expect(await outcomeOf({ sslrootcert: "system" }, others)).toBe(no);
            expect(await outcomeOf({ sslrootcert: "system", host: "other.test" }, trusted)).toBe(no);
            expect(await outcomeOf({ sslrootcert: "system", sslmode: "require" }, trusted)).toBe(no);
        });

        it("begins with TLS at once where that is wanted and known", async () => {
            const direct = { sslnegotiation: "direct", sslmode: "require" };
            expect(await outcomeOf(direct)).toBe(place.isDirectKnown ? tls : no);
            expect(await outcomeOf({ ...direct, sslmode: "prefer" })).toBe(no);
            await serve(null);
            expect(await outcomeOf(direct)).toBe(no);
            await serve("good");
        });

        it("speaks no other version of TLS than allowed", async () => {
            const versions = { sslmode: "require", ssl_max_protocol_version: "TLSv1.2" };
            expect(await outcomeOf(versions)).toBe("TLSv1.2");
            expect(await outcomeOf({ ...versions, ssl_min_protocol_version: "TLSv1.3" })).toBe(no);
        });

        it("binds the password to the connection, and asks as it must", async () => {
            expect(await outcomeOf({ sslmode: "require", channel_binding: "require" })).toBe(tls);
            expect(await outcomeOf({ sslmode: "disable", channel_binding: "require" })).toBe(no);
            expect(await outcomeOf({ sslmode: "require", require_auth: "scram-sha-256" })).toBe(tls);
            expect(await outcomeOf({ sslmode: "require", require_auth: "!scram-sha-256" })).toBe(no);
        });
    });
});

/** libpq learned these names later: an older one refuses them all. */
function isKnown({ libraryFolder, version }: Psql, pairs: Attempt["pairs"]): boolean {
    const isNew =
        "sslnegotiation" in pairs ||
        "sslcertmode" in pairs ||
        "require_auth" in pairs ||
        pairs.sslrootcert === "system";
    return libraryFolder !== null || version >= 17 || !isNew;
}

async function askPsql(
    { libraryFolder }: Psql,
    databaseUrl: string,
    environment: Readonly<Record<string, string>>,
): Promise<Outcome> {
    const env = {
        PATH: process.env.PATH,
        ...environment,
        ...(libraryFolder === null ? {} : { LD_LIBRARY_PATH: libraryFolder }),
    };
    return await run("psql", ["-XAtw", "-c", question, databaseUrl], { env }).then(
        ({ stdout }) => stdout.trim() as Outcome,
        () => "refused",
    );
}
