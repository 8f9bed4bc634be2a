import { describe, expect, it } from "vitest";
import { findSecrets, makeRedact } from "../../src/commands/redact.js";

describe("makeRedact", () => {
    it.each([
        [["hunter2"], "wrong password hunter2!", "wrong password ***!"],
        [["p@ss/w0rd", "p%40ss%2Fw0rd"], "p@ss/w0rd and p%40ss%2Fw0rd", "*** and ***"],
        [["a.c*"], "abc a.c* ac", "abc *** ac"],
        [["ab"], "ab is about 'ab', cab", "*** is about '***', cab"],
        [["5"], "15 rows in 0.5 s, password 5", "15 rows in 0.5 s, password ***"],
        [["abc", "abcdef"], "abcdef", "***"],
        [[], "postgres://me:p@ss:w/rd@host/db", "postgres://me:***@host/db"],
        [
            [],
            "postgres://host/db?user=me&password=x%20y&sslmode=require",
            "postgres://host/db?user=me&password=***&sslmode=require",
        ],
        [[], "postgres://me@host:5432/db", "postgres://me@host:5432/db"],
        [[], "see https://example.org/a", "see https://example.org/a"],
    ])("with the secrets %j turns %j into %j", (secrets, text, redacted) => {
        expect(makeRedact(secrets)(text)).toBe(redacted);
    });
});

describe("findSecrets", () => {
    it.each([
        ["host=db user=me password=hunter2 dbname=shop", ["hunter2"]],
        [`host=db password = 'it\\'s me' sslpassword=other`, ["it\\'s me", "it's me", "other"]],
        ["--database-url=postgres://db/shop?user=me&password=p%40ss&sslpassword=other", ["p%40ss", "p@ss", "other"]],
    ])("finds every password in %j", (argument, secrets) => {
        expect(findSecrets([argument], {})).toEqual(secrets);
        expect(findSecrets([], { DATABASE_URL: argument })).toEqual(secrets);
    });

    it("finds the password of URLs in arguments and environment in both spellings", () => {
        expect(findSecrets(["--database-url=postgres://me:p%40ss@host/db"], { PGPASSWORD: "other" })).toEqual([
            "p%40ss",
            "p@ss",
            "other",
        ]);
        expect(findSecrets([], { DATABASE_URL: "postgres://me:100%@host" })).toEqual(["100%"]);
        expect(findSecrets(["build"], {})).toEqual([]);
    });
});
