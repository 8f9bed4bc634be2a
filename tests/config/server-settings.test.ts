import { chmod, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Environment } from "../../src/config/environment.js";
import { parameterNames, variableOfParameter } from "../../src/config/libpq/parameters.js";
import { parseServerOrNull, type ServerSettings } from "../../src/config/server-settings.js";

let home = "";

beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "stardeck-home-"));
    await writeFile(
        join(home, ".pg_service.conf"),
        "# services\n[other]\nhost=elsewhere\n\n[prod]\nhost=db\nport=6000\ndbname=shop\nuser=reader\nsslmode=disable\napplication_name=nightly\n",
    );
    await writeFile(
        join(home, ".pgpass"),
        "# passwords\ndb:6000:shop:reader:from file\nlocalhost:*:*:me:at\\:home\n*:*:*:me:any\\\\where\n",
        { mode: 0o600 },
    );
});

function parse(url: string | undefined, environment: Environment = {}): ServerSettings {
    const server = parseServerOrNull(url, { HOME: home, ...environment });
    if (server === null) {
        throw new Error("no server is named");
    }
    return server;
}

function problemOf(url: string | undefined, environment: Environment = {}): string {
    try {
        parse(url, environment);
    } catch (error) {
        return error instanceof Error ? error.message : "";
    }
    return "";
}

describe("what names a server", () => {
    it.each(["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE", "DATABASE_URL"])(
        "%s does",
        (name) => {
            const values: Record<string, string> = {
                PGHOSTADDR: "127.0.0.1",
                PGPORT: "6000",
                PGSERVICE: "prod",
                DATABASE_URL: "postgres://",
            };
            expect(parseServerOrNull(undefined, { HOME: home, [name]: values[name] ?? "name" })).not.toBeNull();
            expect(parseServerOrNull(undefined, { HOME: home, [name]: "" })).toBeNull();
        },
    );

    it("what only says how to connect does not", () => {
        const environment = {
            PGPASSWORD: "pw",
            PGSSLMODE: "require",
            PGOPTIONS: "-c geqo=off",
            PGAPPNAME: "x",
            PGSERVICEFILE: "x",
        };
        expect(parseServerOrNull(undefined, { HOME: home, ...environment })).toBeNull();
    });
});

describe("defaults", () => {
    it("are libpq's", () => {
        const { username } = userInfo();
        expect(parse("postgres://host")).toMatchObject({
            name: `${username}@host:5432/${username}`,
            targetSession: "any",
            isOrderRandom: false,
            tls: { mode: "prefer", startsDirectly: false, rootCertificate: null, sendsHostName: true },
            channelBinding: "prefer",
            allowedAuthentication: null,
            applicationName: "stardeck",
            options: "",
            keepAlive: true,
            keepAliveDelayMs: 0,
            connectTimeoutMs: null,
        });
    });

    it("come from the URL, then the service, then the variables", () => {
        const environment = { PGSERVICE: "prod", PGHOST: "variable", PGUSER: "variable", PGCHANNELBINDING: "disable" };
        expect(parse("postgres:///mine?sslmode=allow", environment)).toMatchObject({
            name: "reader@db:6000/mine",
            tls: { mode: "allow" },
            applicationName: "nightly",
            channelBinding: "disable",
        });
    });

    it("verify the server fully where the system's authorities are asked for", () => {
        expect(parse("postgres://host?sslrootcert=system").tls.mode).toBe("verify-full");
    });
});

describe("several hosts", () => {
    it("have one port, or one each", () => {
        expect(parse("postgres://me@a,b:1,[::1]:2/db").name).toBe("me@a:5432,b:1,[::1]:2/db");
        expect(parse("host=a,b port=7 user=me dbname=db").name).toBe("me@a:7,b:7/db");
        expect(parse("host=a,b hostaddr=10.0.0.1,10.0.0.2 user=me").hosts).toMatchObject([
            { host: "a", address: "10.0.0.1" },
            { host: "b", address: "10.0.0.2" },
        ]);
        expect(parse(undefined, { PGHOSTADDR: "10.0.0.1" }).hosts).toMatchObject([
            { host: "10.0.0.1", address: "10.0.0.1" },
        ]);
        expect(problemOf("host=a,b port=1,2,3")).toBe(
            "3 ports are given for 2 hosts: give one port, or one for each host.",
        );
        expect(problemOf("host=a hostaddr=10.0.0.1,10.0.0.2")).toBe(
            "hostaddr names 2 addresses for 1 hosts: give one for each host.",
        );
    });
});

describe("the password", () => {
    it("is the URL's, else PGPASSWORD, else the first line of the password file that fits", () => {
        const passwordOf = (url: string, environment: Environment = {}): string | null | undefined =>
            parse(url, environment).hosts[0]?.password;
        expect(passwordOf("postgres://reader:url@db:6000/shop", { PGPASSWORD: "variable" })).toBe("url");
        expect(passwordOf("postgres://reader@db:6000/shop", { PGPASSWORD: "variable" })).toBe("variable");
        expect(passwordOf("postgres://reader@db:6000/shop")).toBe("from file");
        expect(passwordOf("postgres://reader@db:6001/shop")).toBeNull();
        expect(passwordOf("postgres://me@localhost/shop")).toBe("at:home");
        expect(passwordOf("postgres://me@elsewhere/shop")).toBe("any\\where");
        expect(passwordOf("host=/tmp user=me")).toBe("at:home");
        expect(parse("postgres://reader@db:6000/shop").secrets).toEqual(["from file", "from%20file"]);
    });

    it("is not taken from a file that others may read", async () => {
        const file = join(home, "open");
        await writeFile(file, "*:*:*:*:secret\n");
        await chmod(file, 0o640);
        const server = parse("postgres://me@db", { PGPASSFILE: file });
        expect(server.hosts[0]?.password).toBeNull();
        expect(server.passwordFileProblem).toBe(
            `${file} is left out, because others may read or write it: chmod 600 '${file}'.`,
        );
    });
});

describe("services", () => {
    it("come from PGSERVICEFILE and the system's folder too", async () => {
        const folder = join(home, "system");
        await mkdir(folder, { recursive: true });
        await writeFile(join(folder, "pg_service.conf"), "[company]\nhost=company\n");
        await writeFile(join(folder, "own.conf"), "[mine]\nhost=mine\nhost=second\n[mine]\nhost=third\n");
        expect(parse("postgres://?service=company", { PGSYSCONFDIR: folder }).hosts[0]?.host).toBe("company");
        expect(parse(undefined, { PGSERVICE: "mine", PGSERVICEFILE: join(folder, "own.conf") }).hosts[0]?.host).toBe(
            "mine",
        );
    });

    it.each([
        ["host db", "is not of the form name=value."],
        ["host =db", "has a blank before its =: write host=…."],
        ["service=prod", "names another service: write its parameters here."],
        ["ldap://host/dc=x", "asks an LDAP server, which stardeck cannot: write the parameters themselves."],
        [
            "hots=db",
            "names a connection parameter that PostgreSQL does not know: hots. docs/connections.md lists them.",
        ],
    ])("refuse the line %j", async (line, problem) => {
        const file = join(home, "wrong.conf");
        await writeFile(file, `[wrong]\n${line}\n`);
        expect(problemOf(undefined, { PGSERVICE: "wrong", PGSERVICEFILE: file })).toBe(`${file}, line 2, ${problem}`);
    });

    it("must be defined", () => {
        expect(problemOf("service=nowhere", { PGSYSCONFDIR: home })).toBe(
            `The service nowhere is not defined in ${join(home, ".pg_service.conf")}: correct its name, or add [nowhere] there.`,
        );
        expect(problemOf(undefined, { PGSERVICE: "x", PGSERVICEFILE: "/no/such/file" })).toBe(
            "The service file /no/such/file that PGSERVICEFILE names does not exist.",
        );
    });
});

describe("values", () => {
    it.each([
        ["options=-c%20work_mem%3D77MB", { options: "-c work_mem=77MB" }],
        ["application_name=nightly", { applicationName: "nightly" }],
        ["fallback_application_name=other", { applicationName: "other" }],
        ["connect_timeout=0", { connectTimeoutMs: 0 }],
        ["connect_timeout=-3", { connectTimeoutMs: 0 }],
        ["connect_timeout=1", { connectTimeoutMs: 2000 }],
        ["connect_timeout=30", { connectTimeoutMs: 30_000 }],
        ["keepalives=0&keepalives_idle=7", { keepAlive: false, keepAliveDelayMs: 7000 }],
        ["require_auth=scram-sha-256,md5", { allowedAuthentication: ["md5", "scram-sha-256"] }],
        ["require_auth=!password,!none", { allowedAuthentication: ["md5", "gss", "sspi", "scram-sha-256"] }],
        ["target_session_attrs=prefer-standby", { targetSession: "prefer-standby" }],
        ["load_balance_hosts=random", { isOrderRandom: true }],
        ["ssl_min_protocol_version=tlsv1.3", { tls: { minVersion: "TLSv1.3" } }],
        ["sslnegotiation=direct&sslmode=require", { tls: { startsDirectly: true } }],
        ["sslsni=0", { tls: { sendsHostName: false } }],
        ["client_encoding=utf-8", {}],
        ["keepalives_count=0&tcp_user_timeout=0", {}],
        ["replication=off&gssencmode=prefer&krbsrvname=x&gsslib=gssapi&gssdelegation=0&sslcompression=0", {}],
    ])("%s is taken", (query, expected) => {
        expect(parse(`postgres://host/db?${query}`)).toMatchObject(expected);
    });

    it.each([
        ["sslmode=", "must be one of disable, allow, prefer, require, verify-ca, verify-full."],
        ["sslmode=no-verify", "must be one of disable, allow, prefer, require, verify-ca, verify-full."],
        ["port=0", "is no port: a port is a number from 1 to 65535."],
        ["port=s3cret", "is no port: a port is a number from 1 to 65535."],
        ["connect_timeout=soon", "must be a whole number."],
        ["keepalives=yes", "must be a whole number."],
        ["keepalives_interval=5", "cannot be set by Node.js: leave it out, the system's default counts."],
        ["tcp_user_timeout=5", "cannot be set by Node.js: leave it out, the system's default counts."],
        [
            "client_encoding=LATIN1",
            "must be UTF8: stardeck reads and writes nothing else, and the server converts from any other.",
        ],
        ["replication=database", "opens a connection for replication, which stardeck has no use for: leave it out."],
        ["sslnegotiation=direct", "is direct, which needs sslmode=require, verify-ca or verify-full."],
        ["sslrootcert=system&sslmode=require", "is system, which needs sslmode=verify-full (its default then)."],
        ["sslkey=pkcs11:key", "names a key of an OpenSSL engine, which Node.js cannot use: name a file."],
        [
            "sslcertmode=require",
            "is require, and Node.js cannot tell whether the server asks for a certificate: use allow.",
        ],
        ["ssl_min_protocol_version=SSLv3", "must be one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3."],
        ["ssl_max_protocol_version=TLSv1.1", "is below the least version allowed, TLSv1.2."],
        ["gssencmode=require", "is require, and stardeck speaks no GSSAPI: use TLS, by sslmode."],
        [
            "requirepeer=postgres",
            "cannot be checked: Node.js does not say who serves a Unix socket. Leave it out, or use TLS with sslmode=verify-full.",
        ],
        [
            "require_auth=ldap",
            "must be a list of password, md5, gss, sspi, scram-sha-256, none, each with ! before it to forbid it.",
        ],
        ["require_auth=md5,!none", "must either allow methods or forbid them (with !), not both."],
        ["require_auth=md5,md5", "names a method twice."],
        ["target_session_attrs=master", "must be one of any, read-write, read-only, primary, standby, prefer-standby."],
        ["channel_binding=yes", "must be one of disable, prefer, require."],
        ["load_balance_hosts=1", "must be one of disable, random."],
        [
            "host=@abstract",
            "names a socket in the abstract namespace, which stardeck cannot use: use one in a folder, or TCP.",
        ],
    ])("%s is refused", (query, problem) => {
        const name = query.slice(0, query.indexOf("="));
        expect(problemOf(`postgres://host/db?${query}`)).toBe(`${name} of --database-url ${problem}`);
    });

    it("of variables are refused by the variable's name", () => {
        expect(problemOf(undefined, { PGHOST: "host", PGREQUIREPEER: "postgres" })).toMatch(
            /^PGREQUIREPEER cannot be checked/,
        );
        expect(parse(undefined, { PGHOST: "host", PGREQUIRESSL: "1" }).tls.mode).toBe("require");
        expect(parse(undefined, { PGHOST: "host", PGGEQO: "off", PGOPTIONS: "-c a.b=1" }).options).toBe(
            "-c a.b=1 -c geqo=off",
        );
    });
});

describe("docs/connections.md", () => {
    it("says of every parameter and variable of libpq what becomes of it", async () => {
        const page = await readFile(join(import.meta.dirname, "../../docs/connections.md"), "utf8");
        const more = ["PGDATESTYLE", "PGTZ", "PGGEQO", "PGSYSCONFDIR", "PGSERVICEFILE", "PGLOCALEDIR"];
        const variables = parameterNames.flatMap((name) => variableOfParameter[name] ?? []);
        for (const name of [...parameterNames, ...variables, ...more]) {
            expect(page).toMatch(new RegExp(`\\| .*\`${name}\`.* \\|`));
        }
    });
});
