import { describe, expect, it, test } from "vitest";
import { listRelations, replaceRelations } from "../../../src/warehouse/unit-tests/replace-relations.js";

const replace = (select: string): Promise<string> =>
    replaceRelations(select, ({ schema, name }) => (schema === "prep" ? `pg_temp.${name}_given` : null));

describe("replaceRelations", () => {
    it.each([
        ["select * from prep.a", 'select * from pg_temp.a_given as "a"'],
        ["select prep.a.x, a.y, prep.a.* from prep.a", 'select a.x, a.y, a.* from pg_temp.a_given as "a"'],
        [
            "select q.x from prep.a as q where exists (select from only prep.b)",
            'select q.x from pg_temp.a_given as q where exists (select from only pg_temp.b_given as "b")',
        ],
        [
            "with a as (select 1 from prep.a) select * from a",
            'with a as (select 1 from pg_temp.a_given as "a") select * from a',
        ],
        [
            "select 'prep.a', $$prep.a$$ -- prep.a\nfrom prep.a",
            "select 'prep.a', $$prep.a$$ -- prep.a\nfrom pg_temp.a_given as \"a\"",
        ],
        ["select 'ünïcode €' from \"prep\" . /* here */ a", "select 'ünïcode €' from pg_temp.a_given as \"a\""],
        [
            "select * from marts.a join prep.a as b using (x)",
            "select * from marts.a join pg_temp.a_given as b using (x)",
        ],
        [
            "select prep.f(x) from prep.a tablesample system (10)",
            'select prep.f(x) from pg_temp.a_given as "a" tablesample system (10)',
        ],
        ["select 1", "select 1"],
    ])("%s", async (select, expected) => {
        expect(await replace(select)).toBe(expected);
    });

    it("quotes the name that it was called by", async () => {
        expect(await replaceRelations('select * from prep."Odd name"', () => "pg_temp.given_1")).toBe(
            'select * from pg_temp.given_1 as "Odd name"',
        );
    });
});

test("listRelations names each once", async () => {
    expect(
        await listRelations("select * from prep.a join marts.b using (x) where y in (select y from prep.a)"),
    ).toEqual([
        { schema: "prep", name: "a" },
        { schema: "marts", name: "b" },
    ]);
});
