import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
    formatIdentifier,
    formatLiteral,
    quoteIdentifier,
    quoteLiteral,
    quoteQualified,
} from "../../src/sql/identifiers.js";
import { describeOnBothDatabases } from "../setup/databases.js";

describe("quoteIdentifier", () => {
    it("doubles quotes and leaves everything else", () => {
        expect(quoteIdentifier('we"ird')).toBe('"we""ird"');
        expect(quoteIdentifier("Group By; --")).toBe('"Group By; --"');
        expect(quoteQualified("my schema", 'a"b')).toBe('"my schema"."a""b"');
    });
});

describeOnBothDatabases("quoted SQL", (test) => {
    // PostgreSQL has no text with a zero character.
    const text = fc.string({
        unit: fc.constantFrom("a", "'", '"', "\\", " ", "\n", ";", "?", "$", "-", "é", "🙂", "%", "{"),
    });

    it("means the text that was quoted, whatever is in it", async () => {
        await fc.assert(
            fc.asyncProperty(text, async (value) => {
                for (const conforming of ["on", "off"]) {
                    const rows = await test.connected.withTransaction(async (connection) => {
                        await connection.query(`set local standard_conforming_strings = ${conforming}`);
                        return (await connection.query(`select ${quoteLiteral(value)}::text as value`)).rows;
                    });
                    expect(rows).toEqual([{ value }]);
                }
            }),
            { numRuns: 40 },
        );
    });

    it("means the name that was quoted, whatever is in it", async () => {
        await fc.assert(
            fc.asyncProperty(text, async (value) => {
                const name = `x${value}`.slice(0, 15);
                const { rows } = await test.connected.query<Record<string, unknown>>(
                    `select 1 as ${quoteIdentifier(name)}`,
                );
                expect(rows).toEqual([{ [name]: 1 }]);
            }),
            { numRuns: 40 },
        );
    });

    it("is quoted for people where PostgreSQL would quote it", async () => {
        const names = fc.string({ unit: fc.constantFrom("a", "Z", "1", "_", "$", "é", '"', " "), minLength: 1 });
        await fc.assert(
            fc.asyncProperty(fc.array(names, { minLength: 1 }), async (given) => {
                const { rows } = await test.connected.query<{ quoted: string }>(
                    "select quote_ident(name) as quoted from unnest($1::text[]) with ordinality as given (name, at) order by at",
                    [given],
                );
                expect(given.map(formatIdentifier)).toEqual(rows.map(({ quoted }) => quoted));
            }),
            { numRuns: 20 },
        );
    });

    it("quotes every keyword for people that this version of PostgreSQL reserves", async () => {
        const { rows } = await test.connected.query<{ word: string }>(
            "select word from pg_get_keywords() where quote_ident(word) <> word",
        );
        expect(rows.length).toBeGreaterThan(100);
        expect(rows.filter(({ word }) => formatIdentifier(word) === word)).toEqual([]);
    });

    it("means the text that was written for people, without a character that cannot be seen", async () => {
        const units = fc.constantFrom(
            "a",
            "'",
            "\\",
            "\n",
            "\t",
            "\u001b",
            "\u0001",
            "1",
            "\u0085",
            "\u202e",
            "🙂",
            "é",
        );
        await fc.assert(
            fc.asyncProperty(fc.string({ unit: units }), async (value) => {
                const literal = formatLiteral(value);
                expect(literal).toMatch(/^[^\p{Cc}\u202e]*$/u);
                const { rows } = await test.connected.query(`select ${literal}::text as value`);
                expect(rows).toEqual([{ value }]);
            }),
            { numRuns: 40 },
        );
    });
});
