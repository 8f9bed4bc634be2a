import { beforeAll, expect, it } from "vitest";
import { makeGridView, type GridView } from "../../src/browse/grid-view.js";
import { loadPage } from "../../src/browse/load-page.js";
import { loadValueCounts } from "../../src/browse/load-value-counts.js";
import { countRows } from "../../src/browse/count-rows.js";
import { openRelation } from "../../src/browse/open-relation.js";
import { describeOnBothDatabases, describeOnServer, type TestDatabase } from "../setup/databases.js";

const read = { signal: new AbortController().signal, timeoutMs: 60_000 };

interface FoldedType {
    /** As SQL names it. */
    readonly name: string;
    readonly sql: string;
    /** The text of a value with these letters. */
    readonly textOf: (letters: string) => string;
}

const citext: FoldedType = {
    name: "elsewhere.citext",
    sql: "create schema elsewhere; create extension citext schema elsewhere",
    textOf: (letters) => letters,
};

/** A type whose values are compared without regard to upper and lower case by operators of its own. */
const folded: FoldedType = {
    name: "elsewhere.folded",
    textOf: (letters) => `(${letters})`,
    sql: `
    create schema elsewhere;
    create type elsewhere.folded as (value text);
    create function elsewhere.compare(elsewhere.folded, elsewhere.folded) returns integer language sql immutable strict
    return bttextcmp(lower(($1).value), lower(($2).value));
    ${[
        ["<", "less", ">", ">="],
        ["<=", "less_or_equal", ">=", ">"],
        ["=", "equal", "=", "<>"],
        [">=", "greater_or_equal", "<=", "<"],
        [">", "greater", "<", "<="],
    ]
        .map(
            ([sign = "", name = "", commutator = ""]) => `
                create function elsewhere.${name}(elsewhere.folded, elsewhere.folded) returns boolean language sql immutable strict
                return elsewhere.compare($1, $2) ${sign} 0;
                create operator elsewhere.${sign} (
                    leftarg = elsewhere.folded, rightarg = elsewhere.folded, function = elsewhere.${name},
                    commutator = operator(elsewhere.${commutator})${sign === "=" ? ", merges" : ""}
                );`,
        )
        .join("\n")}
    create operator class elsewhere.folded_ops default for type elsewhere.folded using btree as
        operator 1 elsewhere.<, operator 2 elsewhere.<=, operator 3 elsewhere.=, operator 4 elsewhere.>=, operator 5 elsewhere.>,
        function 1 elsewhere.compare(elsewhere.folded, elsewhere.folded);`,
};

describeOnBothDatabases("a type whose operators are not on the search path", (test) => {
    describeFolded(test, folded);
});
describeOnServer("citext in a schema of its own", {}, (test) => {
    describeFolded(test, citext);
});

function describeFolded(test: TestDatabase, { name: type, sql, textOf }: FoldedType): void {
    beforeAll(async () => {
        await test.connected.query(sql);
        await test.connected.query(`
            create table public.by_key (key ${type} primary key, number integer);
            insert into public.by_key
            select (case when number % 2 = 0 then upper(text) else text end)::${type}, number
            from (select number, replace('${textOf("#")}', '#', chr(97 + number % 26) || lpad(number::text, 4, '0')) as text from generate_series(1, 1000) as number) as each_one;
            create table public.by_number (number integer primary key, key ${type});
            insert into public.by_number select number, key from public.by_key;
            create table public.twice (key ${type});
            insert into public.twice values ('${textOf("a")}'), ('${textOf("A")}'), ('${textOf("B")}'), (null)`);
    });

    async function openView(name: string): Promise<GridView> {
        return makeGridView(await openRelation(test.connected, { schema: "public", name }, read));
    }

    async function readForward(view: GridView): Promise<readonly unknown[]> {
        const seen: unknown[] = [];
        const place = view.columns.indexOf("number");
        let page = await loadPage(test.connected, view, { at: "start" }, { ...read, pageRows: 37 });
        for (;;) {
            seen.push(...page.rows.map((row) => Number(row.cells[place])));
            const last = page.rows.at(-1);
            if (!page.hasAfter || last === undefined) {
                return seen;
            }
            page = await loadPage(test.connected, view, { at: "after", key: last.key }, { ...read, pageRows: 37 });
        }
    }

    const inOrder = async (order: string): Promise<readonly unknown[]> =>
        (
            await test.connected.query<{ number: number }>(`select number from public.by_number order by ${order}`)
        ).rows.map(({ number }) => number);

    it("is paged in PostgreSQL's order, each row once", async () => {
        expect(await readForward(await openView("by_key"))).toEqual(await inOrder("key"));
        const sorted = { ...(await openView("by_number")), sorts: [{ column: "key", descending: true }] };
        expect(await readForward(sorted)).toEqual(await inOrder("key desc, number desc"));
        const mixed = { ...(await openView("by_number")), sorts: [{ column: "key", descending: false }] };
        expect(await readForward(mixed)).toEqual(await inOrder("key, number"));
    });

    it("is filtered and counted as it compares", async () => {
        const view = await openView("twice");
        const count = (filters: GridView["filters"]): Promise<number> =>
            countRows(test.connected, { ...view, filters }, read);
        expect(await count([{ column: "key", operator: "=", value: textOf("a") }])).toBe(2);
        expect(await count([{ column: "key", operator: "<>", value: textOf("a") }])).toBe(2);
        expect(await count([{ column: "key", operator: "in", values: [textOf("A"), textOf("b")] }])).toBe(3);
        expect(await count([{ column: "key", operator: ">", value: textOf("a") }])).toBe(1);
        const { values, distinctCount } = await loadValueCounts(test.connected, view, "key", {
            ...read,
            maxValues: 10,
        });
        expect([values.map((value) => value.count), distinctCount]).toEqual([[2, 1, 1], 2]);
    });
}
