import { expect, it } from "vitest";
import { printProblems, readFiles } from "./write-project.js";

it("infers the types of a CSV file's columns, and takes the configuration's word before", () => {
    const { seeds, sources } = readFiles({
        "stardeck.config.ts": `import { defineConfig } from "stardeck";
export default defineConfig({
    name: "shop",
    seeds: { schema: "lists", tables: { country: { description: "Countries.", columns: { code: "char(2)" } } } },
});
`,
        "seeds-sql/country.csv":
            "\ufeffcode,phone,since,area,is_member,people,note,seen\r\nDE,0049,1990-10-03,357588.5,true,84000000,,2024-01-01 10:00\r\nFR,0033,1958-10-04,643801,false,9000000000,,2024-01-01T10:00:00\r\n",
    });
    expect(seeds).toEqual([
        {
            name: "country",
            schema: "lists",
            path: "seeds-sql/country.csv",
            description: "Countries.",
            columns: [
                { name: "code", type: "char(2)" },
                { name: "phone", type: "text" },
                { name: "since", type: "date" },
                { name: "area", type: "numeric" },
                { name: "is_member", type: "boolean" },
                { name: "people", type: "bigint" },
                { name: "note", type: "text" },
                { name: "seen", type: "timestamp without time zone" },
            ],
            rowCount: 2,
            checksum: seeds[0]?.checksum,
        },
    ]);
    expect(sources.map(({ schema, name, kind, key }) => [schema, name, kind, key])).toEqual([
        ["lists", "country", "seed", ["code"]],
    ]);
});

it.each([
    ["2024-02-29", "date"],
    ["2023-02-29", "text"],
    ["0000-01-01", "text"],
    ["2025-01-01 23:59:59.5", "timestamp without time zone"],
    ["2025-01-01 25:00", "text"],
    ["2025-01-01 12:60", "text"],
    ["2025-01-01T12:00+05:30", "timestamp with time zone"],
    ["2025-01-01T12:00+16:00", "text"],
])("infers the type of %s as %s", (value, type) => {
    const { seeds } = readFiles({
        "stardeck.config.ts":
            'import { defineConfig } from "stardeck";\nexport default defineConfig({ name: "shop" });\n',
        "seeds-sql/country.csv": `a\n${value}\n`,
    });
    expect(seeds[0]?.columns.map((column) => column.type)).toEqual([type]);
});

it("says what is wrong in a CSV file, and on which line", () => {
    expect(
        printProblems({
            "seeds-sql/Bad Name.csv": "a\n1\n",
            "seeds-sql/empty.csv": "",
            "seeds-sql/ragged.csv": "a,b\n1,2\n3\n",
            "seeds-sql/twice.csv": "a,a\n",
            "seeds-sql/unclosed.csv": 'a\n"1\n',
            "seeds-sql/utf16.csv": Buffer.from("a\n1\n", "utf16le"),
        }),
    ).toBe(`seeds-sql/Bad Name.csv: The name "Bad Name" must be lower snake case: letters, digits and underscores.
Rename the file.

seeds-sql/empty.csv: It is empty.
Its first line names the columns.

seeds-sql/ragged.csv:3: It has 1 value, and the header 2.
3 │ 3
    ^
Put a value with a comma or a line break in it into quotation marks.

seeds-sql/twice.csv:1: There are two columns "a".
1 │ a,a
    ^
Rename one of them.

seeds-sql/unclosed.csv:2: A quoted value has no end.
2 │ "1
    ^
Close it with a quotation mark.

seeds-sql/utf16.csv: It is not written in UTF-8.
Save it as CSV in UTF-8.`);
});
