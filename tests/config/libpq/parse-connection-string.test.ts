import { describe, expect, it } from "vitest";
import { parseConnectionString } from "../../../src/config/libpq/parse-connection-string.js";

function parse(text: string): Record<string, string> {
    return Object.fromEntries(parseConnectionString(text, "DATABASE_URL"));
}

describe("parseConnectionString", () => {
    it.each([
        ["postgres://", {}],
        ["postgresql://host", { host: "host" }],
        ["postgres://host:6000", { host: "host", port: "6000" }],
        ["postgres://host/db", { host: "host", dbname: "db" }],
        ["postgres://me@host", { user: "me", host: "host" }],
        ["postgres://me:pw@host:1/db", { user: "me", password: "pw", host: "host", port: "1", dbname: "db" }],
        ["postgres://me:@host", { user: "me", host: "host" }],
        ["postgres://:pw@host", { password: "pw", host: "host" }],
        ["postgres:///db", { dbname: "db" }],
        ["postgres://host:/db", { host: "host", dbname: "db" }],
        ["postgres://host/?", { host: "host" }],
        ["postgres://host?sslmode=require", { host: "host", sslmode: "require" }],
        ["postgres://host/db?ssl=true", { host: "host", dbname: "db", sslmode: "require" }],
        ["postgres:///db?requiressl=1", { dbname: "db", sslmode: "require" }],
        ["postgres:///db?requiressl=0", { dbname: "db", sslmode: "prefer" }],
        ["postgres:///db?host=/var/run&port=1&", { dbname: "db", host: "/var/run", port: "1" }],
        ["postgres://%2Fvar%2Frun/db", { host: "/var/run", dbname: "db" }],
        ["postgres://host/db?application_name=a%20b+c", { host: "host", dbname: "db", application_name: "a b+c" }],
        ["postgres://host/db?dbname=other&host=", { host: "", dbname: "other" }],
        ["postgres://a,b:1,[::1]:2/db", { host: "a,b,::1", port: ",1,2", dbname: "db" }],
        ["postgres://,b/db", { host: ",b", dbname: "db" }],
        ["postgres://[::1]/db", { host: "::1", dbname: "db" }],
        [
            "postgres://me:a%2Fb%3Fc%23d%40e@h/x%2Fy%2Bz%26%23",
            { user: "me", password: "a/b?c#d@e", host: "h", dbname: "x/y+z&#" },
        ],
        ["postgres://me:12?3#4@host/db", { user: "me", password: "12?3#4", host: "host", dbname: "db" }],
        ["postgres://b%C3%BCro@host/b%C3%BCcher", { user: "büro", host: "host", dbname: "bücher" }],
        ["postgres://host/a#b", { host: "host", dbname: "a#b" }],
        ["postgres:///a@b", { dbname: "a@b" }],
        ["host=db dbname=shop", { host: "db", dbname: "shop" }],
        ["  host = db\n port\t= 1  ", { host: "db", port: "1" }],
        ["host='' user=me", { host: "", user: "me" }],
        ["host= port=1", { host: "port=1" }],
        ["user=", { user: "" }],
        ["password='a b\\'c\\\\d'user=me", { password: "a b'c\\d", user: "me" }],
        ["password=a\\ b\\'c dbname=a'b", { password: "a b'c", dbname: "a'b" }],
        ["dbname=a\\", { dbname: "a" }],
        ["dbname=one dbname=two", { dbname: "two" }],
        ["user=me options='-c work_mem=77MB -c role=x'", { user: "me", options: "-c work_mem=77MB -c role=x" }],
    ])("reads %j as libpq does", (text, parameters) => {
        expect(parse(text)).toEqual(parameters);
    });

    const unreadable =
        "DATABASE_URL cannot be read: special characters in its password must be percent-encoded (/ as %2F, ? as %3F, # as %23, @ as %40, % as %25).";
    const noPairs =
        "DATABASE_URL cannot be read: it must be of the form name=value name='value with blanks', a quote or backslash in a value written as \\' or \\\\.";
    const noQuery = "DATABASE_URL cannot be read: what follows its ? must be of the form name=value&name=value.";
    const noBrackets =
        "DATABASE_URL cannot be read: an IPv6 address is written in brackets, as postgres://[::1]:5432/shop.";

    it.each([
        ["shop", "DATABASE_URL must begin with postgres:// or postgresql://, or be of the form host=… dbname=…."],
        [
            "Postgres://host",
            "DATABASE_URL must begin with postgres:// or postgresql://, or be of the form host=… dbname=….",
        ],
        ["postgres://me:p%4@host", unreadable],
        ["postgres://me:p%00@host", unreadable],
        ["postgres://me:s3cr3t@x@host/db", unreadable],
        ["postgres://me:s3/cr3t@host/db", unreadable],
        ["postgres://[::1/db", noBrackets],
        ["postgres://[]/db", noBrackets],
        ["postgres://[::1]x/db", noBrackets],
        ["postgres://host/db?a", noQuery],
        ["postgres://host/db?application_name=a=b", noQuery],
        ["postgres://host/db?&sslmode=require", noQuery],
        ["host=db dbname", noPairs],
        ["host=db password='s3cr3t", noPairs],
        ["postgres://host/db?SSLMODE=require", "DATABASE_URL names the parameter sslmode in capitals: write sslmode."],
        ["Host=db", "DATABASE_URL names the parameter host in capitals: write host."],
        [
            "postgres://host/db?sslfoo=1",
            "DATABASE_URL names a connection parameter that PostgreSQL does not know: sslfoo. docs/connections.md lists them.",
        ],
        [
            "postgres://host/db?ssl=false",
            "DATABASE_URL names a connection parameter that PostgreSQL does not know: ssl. docs/connections.md lists them.",
        ],
        [
            "postgres://host/db?statement_timeout=3000",
            "DATABASE_URL names statement_timeout, a setting of the server and no connection parameter: write options=-c statement_timeout=… (in a URL options=-c%20statement_timeout%3D…).",
        ],
    ])("refuses %j in one sentence", (text, message) => {
        expect(() => parse(text)).toThrow(message);
        expect(message).not.toContain("s3cr3t");
    });
});
