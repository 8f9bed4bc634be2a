import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../../src/database/identifiers.js";
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
});
