import { expect, test } from "vitest";
import { quoteLiteral } from "../../../src/sql/identifiers.js";
import { describeOnBothDatabases, type TestDatabase } from "../../setup/databases.js";
import { read } from "./publish.js";

/** A payload as it lands: JSON inside a JSON string. */
const inString = (json: string): string => JSON.stringify(json);

const readable: readonly (readonly [what: string, event: string, ids: readonly (string | null)[]])[] = [
    ["an object inside a string", inString('{"customer-id": 5, "product": 7, "order": 9}'), ["5", "7", "9"]],
    ["the object itself", '{"customer-id": 5, "product": 7, "order": 9}', ["5", "7", "9"]],
    ["nulls and keys that are not there", inString('{"customer-id": null}'), [null, null, null]],
    ["numbers written as strings", inString('{"customer-id": "5", "product": " 007 "}'), ["5", "7", null]],
    [
        "whole numbers in other notations",
        '{"customer-id": 5.0, "product": 5e0, "order": -2147483648}',
        ["5", "5", "-2147483648"],
    ],
    ["the last of equal keys", '{"customer-id": 5, "customer-id": 6}', ["6", null, null]],
    ["an escaped NUL", inString('{"customer-id": 5, "page": "a\\u0000b"}'), ["5", null, null]],
    ["half of a surrogate pair", inString('{"customer-id": 5, "page": "\\ud83d"}'), ["5", null, null]],
    [
        "thousands of brackets inside a string",
        inString(JSON.stringify({ "customer-id": 5, page: `\\"${"[{".repeat(3000)}\\`, product: 7 })),
        ["5", "7", null],
    ],
    [
        "thousands of lists beside each other",
        inString(`{"customer-id": 5, "page": [${"[],".repeat(3000)}{}]}`),
        ["5", null, null],
    ],
    [
        "a list that is as deep as it may be",
        inString(`{"customer-id": 5, "page": ${"[".repeat(1999)}${"]".repeat(1999)}}`),
        ["5", null, null],
    ],
    ["escaped backslashes before quotes", inString('{"page": "\\\\\\"\\u0000", "customer-id": 5}'), ["5", null, null]],
];

const unreadable: readonly {
    readonly what: string;
    readonly event: string | null;
    readonly problem: string;
    readonly ids?: readonly (string | null)[];
}[] = [
    { what: "nothing", event: null, problem: "no JSON object" },
    { what: "a JSON null", event: "null", problem: "no JSON object" },
    { what: "a number", event: "5", problem: "no JSON object" },
    { what: "an array", event: inString("[1]"), problem: "no JSON object" },
    { what: "a string in a string in a string", event: inString(inString("{}")), problem: "no JSON object" },
    { what: "cut JSON", event: inString('{"customer-id": 5'), problem: "malformed JSON" },
    {
        what: "a NUL where JSON allows none",
        event: String.raw`"{\"customer-id\": 5, \"page\": \"a\u0000\"}"`,
        problem: "malformed JSON",
    },
    {
        what: "a tower of brackets",
        event: inString(`{"customer-id": 5, "page": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`),
        problem: "nested too deeply",
    },
    {
        what: "a tower of brackets behind a string of them",
        event: inString(`{"page": "\\"${"]".repeat(100_000)}", "query": ${'{"a":['.repeat(50_000)}`),
        problem: "nested too deeply",
    },
    {
        what: "a string of brackets that never ends",
        event: inString(`{"page": "${"[".repeat(100_000)}`),
        problem: "malformed JSON",
    },
    {
        what: "an id that is too large",
        event: '{"customer-id": 2147483648, "order": 3}',
        problem: "customer-id is no id",
        ids: [null, null, "3"],
    },
    {
        what: "an id beyond all numbers",
        event: '{"customer-id": 1e400000, "order": 3}',
        problem: "customer-id is no id",
        ids: [null, null, "3"],
    },
    {
        what: "ids of other kinds",
        event: '{"customer-id": true, "product": [1], "order": ""}',
        problem: "customer-id is no id, product is no id, order is no id",
    },
    {
        what: "a part of a number",
        event: '{"customer-id": 5, "product": 1.5}',
        problem: "product is no id",
        ids: ["5", null, null],
    },
    {
        what: "numbers that only other languages know",
        event: '{"customer-id": "0x10", "product": "1_000"}',
        problem: "customer-id is no id, product is no id",
    },
];

async function readPayload(
    database: TestDatabase,
    event: string | null,
): Promise<readonly (string | null)[] | undefined> {
    const written = event === null ? "null" : quoteLiteral(event);
    return (await read(database, `select payload.* from prep.read_event_payload(${written}::json) as payload`))[0];
}

describeOnBothDatabases("read_event_payload", { template: "models" }, (database) => {
    test.each(readable)("reads %s", async (_what, event, ids) => {
        expect(await readPayload(database, event)).toEqual([...ids, null]);
    });

    test.each(unreadable)(
        "keeps what it can of $what and says what is wrong",
        async ({ event, problem, ids = [null, null, null] }) => {
            expect(await readPayload(database, event)).toEqual([...ids, problem]);
        },
    );

    test("gives the same surrogate key everywhere", async () => {
        expect(
            await read(database, "select prep.surrogate_key('1|-2208988800.000000'), prep.surrogate_key(null)"),
        ).toEqual([["-563538037404331615", null]]);
    });

    test.each([
        ["an empty object", "{}", null],
        ["spaces everywhere", ' { "order" : 5 , "query" : [ 1 , { } ] }\n', null],
        ["numbers of every form", '{"a": [0, -0.5, 1E+5, 2e-3, 10.25]}', null],
        ["words that are none", '{"a": truefalse}', "malformed JSON"],
        ["two values", "{} {}", "malformed JSON"],
        ["a number with a leading zero", '{"a": 01}', "malformed JSON"],
        ["a number that ends in a point", '{"a": 1.}', "malformed JSON"],
        ["a comma too many", '{"a": 1,}', "malformed JSON"],
        ["a key without quotes", "{a: 1}", "malformed JSON"],
        ["a tab inside a string", '{"a": "\t"}', "malformed JSON"],
        ["an unknown escape", '{"a": "\\x"}', "malformed JSON"],
        ["the characters that stand for parts", '{"a": \u0001}', "malformed JSON"],
        ["nothing at all", "", "malformed JSON"],
    ])("judges %s as PostgreSQL does", async (_what, json, problem) => {
        expect((await readPayload(database, inString(json)))?.[3]).toBe(problem);
        const judged = database.connected.query("select $1::json", [json]).then(
            () => null,
            () => "malformed JSON",
        );
        expect(await judged).toBe(problem);
    });
});
