import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkCondition, checkStatement } from "../../src/browse/check-given-sql.js";
import { takeStatement } from "../../src/browse/given-sql.js";
import { buildShowSql } from "../../src/commands/show.js";
import { quoteArgument } from "../../src/browse/show-command.js";
import { mappedColumnOrNull } from "../../src/browse/trace/simple-mapping.js";
import { formatError } from "../../src/commands/format-error.js";
import { parseArguments, splitCommand } from "../../src/commands/parse-arguments.js";
import { findSecrets, makeRedact } from "../../src/commands/redact.js";
import { parsePasswordFile } from "../../src/config/libpq/password-file.js";
import { parseServiceOrNull } from "../../src/config/libpq/service-file.js";
import { parseServerOrNull } from "../../src/config/server-settings.js";
import { makeStatementError } from "../../src/database/errors.js";
import { listBodyMentions } from "../../src/database/read-only/function-bodies.js";
import { listMentions } from "../../src/database/read-only/mentions.js";
import { loadParser, parseStatements, tooDeep, UnreadableSqlError } from "../../src/database/read-only/parser.js";
import { buildSlideHtml } from "../../src/deck/export/slide-html.js";
import { formatPlainSlide } from "../../src/deck/format-plain.js";
import { parseFence } from "../../src/deck/parse-block.js";
import { parseSlides } from "../../src/deck/parse-deck.js";
import { traceColumns } from "../../src/derivation/column-lineage.js";
import type { Relation } from "../../src/derivation/query.js";
import { makeGraph } from "../../src/engine/graph.js";
import { selectModels } from "../../src/engine/select.js";
import { locateValueOrNull } from "../../src/project/locate-value.js";
import { parseNames, parseSqlFile } from "../../src/project/parse-sql-file.js";
import { describeCsv } from "../../src/project/read-seed.js";
import { readUnitTests } from "../../src/project/read-unit-tests.js";
import { completeSql } from "../../src/sql/complete-sql.js";
import { formatIdentifier, formatLiteral, quoteLiteral } from "../../src/sql/identifiers.js";
import { tokenizeSql } from "../../src/sql/sql-tokens.js";
import { readNumber, readTime } from "../../src/text/charts/chart-values.js";
import { formatCsvRow } from "../../src/text/format-csv.js";
import { formatJsonRow } from "../../src/text/format-json.js";
import { formatMarkdownRow } from "../../src/text/format-markdown.js";
import { formatCell, formatTable } from "../../src/text/format-table.js";
import { layOutJson, looksLikeJson, unwrapJsonOrNull } from "../../src/text/lay-out-json.js";
import { nearestNameOrNull } from "../../src/text/nearest-name.js";
import { cutToWidth, escapeUnseen, makeLinesVisible, makeVisible, widthOf } from "../../src/text/visible-text.js";
import { editLineOrNull, editOrNull } from "../../src/tui/kit/line-editor.js";
import { formatEditLine } from "../../src/tui/kit/lines/edit-line.js";
import { fitText, wrapText } from "../../src/tui/kit/lines/fit-text.js";
import { highlightJson } from "../../src/tui/kit/lines/highlight-json.js";
import { formatSqlLines } from "../../src/tui/kit/lines/highlight-sql.js";
import { cutIntoPieces } from "../../src/tui/kit/lines/long-text.js";
import { formatSqlEditor } from "../../src/tui/kit/lines/sql-editor-lines.js";
import { makeTheme } from "../../src/tui/kit/theme.js";
import { formatTextNode } from "../../src/tui/screens/deck/slides/slide-text.js";
import { anchorLine } from "../../src/tui/terminal/anchor-line.js";
import { makeInputParser } from "../../src/tui/terminal/parse-input.js";
import { toAscii } from "../../src/tui/terminal/to-ascii.js";
import { sampleRegistry } from "../engine/sample-registry.js";

const theme = makeTheme("dark", false);
const graph = makeGraph(sampleRegistry);
const catalogue = [
    { schema: "marts", name: "m", kind: "table", isVisible: true, columns: [{ name: "a", typeName: "integer" }] },
] as const;

// Everything that takes a text from elsewhere apart, or makes another of it.
type Readers = Readonly<Record<string, (text: string) => unknown>>;

const sqlReaders: Readers = {
    "tokens of SQL": tokenizeSql,
    "completion at the end": (text) => completeSql(text, text.length, catalogue),
    "completion in a FROM clause": (text) => completeSql(`select a from ${text}`, 14 + text.length, catalogue),
    "completion in the middle": (text) => completeSql(`select  from (${text}`, 7, catalogue),
    "a statement": checkStatement,
    "a statement of any kind": takeStatement,
    "a condition": checkCondition,
    "a condition of show": (text) =>
        buildShowSql({ schema: "a", name: text, primaryKey: [text] } as never, [text], [], text, 1),
    literals: (text) => [formatLiteral(text), quoteLiteral(text), formatIdentifier(text), quoteArgument(text)],
    "the mapping of a SELECT": mappedColumnOrNull,
    "the guard's parser": (text) => parseStatements(text),
    "the guard's parser within a SELECT": (text) => judge(() => parseStatements(`select ${text}`).map(listMentions)),
    "a body in PL/pgSQL": (text) => judge(() => listBodyMentions(makeBody(`begin a := ${text}; end`))),
    "a variable in PL/pgSQL": (text) => judge(() => listBodyMentions(makeBody(`declare a ${text}; begin end`))),
    "an error in SQL": (text) =>
        formatError(
            makeStatementError(text, { sqlState: "42601", message: text, position: text.length }),
            true,
            makeRedact(["secret"]),
        ),
    "a command line": (text) => [splitCommand([text]), parseArguments([text, `--${text}`], {}, [], "")],
};

const settingsReaders: Readers = {
    "secrets of a command line": (text) => findSecrets([text], { DATABASE_URL: text }),
    "text to redact": makeRedact(["a", "secret"]),
    "a connection string": (text) => parseServerOrNull(text, {}),
    "a URL": (text) => parseServerOrNull(`postgres://${text}`, {}),
    "parameters of a URL": (text) => parseServerOrNull(`postgres://h/d?${text}`, {}),
    "pairs of a connection string": (text) => parseServerOrNull(`host=${text}`, {}),
    "a password file": parsePasswordFile,
    "a service file": (text) => parseServiceOrNull(`[shop]\n${text}`, "shop", "service"),
    "a selector": (text) =>
        selectModels(graph, [text], [], { results: new Map(), stale: new Set(), modified: new Set() }),
};

/** A project's files, as these are read only from a disk. */
const folder = mkdtempSync(join(tmpdir(), "stardeck-growth-"));
mkdirSync(join(folder, "migrations/models"), { recursive: true });
afterAll(() => {
    rmSync(folder, { recursive: true });
});

const projectReaders: Readers = {
    "a CSV seed": (text) => describeCsv("orders.csv", Buffer.from(text)),
    "rows of a CSV seed": (text) => describeCsv("orders.csv", Buffer.from(`a\n${text}`)),
    // Its parser takes a while for each error.
    "unit tests in YAML": (text) => readYaml(text.slice(0, text.length / 10)),
    "a unit test in YAML": (text) =>
        readYaml(`counts_all:\n  given: {staging.orders: [{a: ${text.slice(0, text.length / 10)}`),
    "a model's file": (text) => parseSqlFile("m.sql", `${text}\nselect 1`, ["grain", "key"]),
    "a comment of a model's file": (text) => parseSqlFile("m.sql", `-- ${text}\n-- Grain: ${text}`, ["grain", "key"]),
    "names in a model's file": parseNames,
    "the place of a value": (text) =>
        locateValueOrNull(`export default defineModel({ a: ${text}, description: "" });`, "default", ["description"]),
    "column lineage of an expression": (text) => traceSelect(`select ${text} from prep.orders`),
    // Each branch of a UNION carries the columns of those before it: noticed beyond a thousand branches.
    "column lineage of a FROM clause": (text) =>
        traceSelect(`select orders.a from prep.orders ${text.slice(0, text.length / 2)}`),
};

function readYaml(text: string): Promise<unknown> {
    writeFileSync(join(folder, "migrations/models/fct_orders.test.yml"), text);
    return readUnitTests(folder, [{ name: "fct_orders", selectPath: "migrations/models/fct_orders.sql" }]);
}

function traceSelect(definition: string): Promise<unknown> {
    const columns = [{ column: "a", name: "integer", isDeterministic: true }];
    const orders: Relation = {
        schema: "prep",
        name: "orders",
        columns,
        definition: null,
        primaryKey: [],
        upstream: null,
    };
    return traceColumns(
        { ...orders, name: "q", definition },
        { relations: new Map([["prep.orders", orders]]), functions: new Map(), operatorTypes: new Map() },
    );
}

const markdownReaders: Readers = {
    slides: (text) =>
        parseSlides("slides.md", text).map((slide) => [
            formatPlainSlide(slide, 1, []),
            buildSlideHtml(slide, [], { text: "", number: 1, count: 1 }),
            slide.notes,
            slide.nodes.map((node) => (node.kind === "block" ? [] : formatTextNode(node, 80, theme))),
        ]),
    "a block of a slide": (text) => parseFence({ info: "table", body: text }),
    "an option of a block": (text) => parseFence({ info: "chart", body: `label: ${text}` }),
    "the first line of a block": (text) => parseFence({ info: text, body: "" }),
};

const jsonReaders: Readers = {
    "layout of JSON": layOutJson,
    "what looks like JSON": (text) => [
        looksLikeJson(text),
        unwrapJsonOrNull(text),
        unwrapJsonOrNull(JSON.stringify(text)),
    ],
    "lines of JSON": (text) => cutIntoPieces(layOutJson(text)).map(highlightJson),
    "lines of text": (text) => cutIntoPieces(text.split("\n")).map(highlightJson),
};

const textReaders: Readers = {
    "visible text": (text) => [
        makeVisible(text),
        makeLinesVisible(text),
        escapeUnseen(text),
        widthOf(text),
        cutToWidth(text, 80),
    ],
    "ASCII text": (text) => [toAscii(text), anchorLine(text)],
    "a row of an export": (text) => [
        formatCsvRow([text]),
        formatMarkdownRow([text]),
        formatJsonRow(
            [
                { name: "a", typeId: 1700 },
                { name: "b", typeId: 114 },
            ],
            ["a", text],
            [text, text],
        ),
    ],
    "a table": (text) => formatTable([{ name: text, typeId: 25 }], [[text]]),
    "a number": (text) => [formatCell(text, { name: "a", typeId: 1700 }), readNumber(text), readTime(text)],
    "a misspelt name": (text) => nearestNameOrNull(text, ["fct_orders", "dim_customer"]),
    "wrapped text": (text) => wrapText(text, 80),
    "fitted text": (text) => fitText(text, 80),
};

const editorReaders: Readers = {
    "highlighted SQL": (text) => formatSqlLines(text, 80, theme),
    "edited SQL": (text) =>
        formatSqlEditor({ text, cursor: text.length }, { offset: text.length, message: "no" }, 80, theme),
};

const lineReaders: Readers = {
    "an edited line": (text) => formatEditLine({ text, cursor: text.length }, 80),
    "keys in a long line": (text) =>
        ["ctrl-w", "left", "right", "backspace", "home", "end"].flatMap((name) =>
            [0, text.length / 2, text.length].map((cursor) =>
                editOrNull({ text, cursor }, { kind: "key", name, text: "" }),
            ),
        ),
    "a pasted line": (text) => editLineOrNull({ text: "", cursor: 0 }, { kind: "paste", text }),
};

const terminalReaders: Readers = {
    "input of a terminal": (text) => makeInputParser().push(Buffer.from(text)),
    "input of a terminal, byte by byte": (text) => {
        const parser = makeInputParser();
        return Array.from(Buffer.from(text), (byte) => parser.push(Uint8Array.of(byte)).length);
    },
    "a paste": (text) => makeInputParser().push(Buffer.from(`\x1b[200~${text}`)),
};

function makeBody(source: string): Parameters<typeof listBodyMentions>[0] {
    return {
        language: "plpgsql",
        source,
        argumentNames: [],
        argumentModes: [],
        hasColumns: [],
        returnsSet: false,
        returnsNothing: true,
    };
}

/** The guard says of a tree that is too deep for it that it is; `judgeStatement` does the same. */
function judge(read: () => unknown): unknown {
    try {
        return read();
    } catch (error) {
        throw error instanceof RangeError ? new UnreadableSqlError(tooDeep) : error;
    }
}

/** What is repeated, and what stands before and behind it: nesting, texts without an end, and runs of all kinds. */
type Run = readonly [before: string, unit: string, after?: string];

const ofAllKinds: readonly Run[] = [
    ["a", " ", "b"],
    ["1", " ", "x"],
    ["a", "\n", "b"],
    ["", "a "],
    ["", "("],
    ["", "0"],
    ["", "'\\"],
    ["", '"'],
    ["", "\x00"],
    ["", "\u202e"],
    ["a", "\u0301"],
    ["", "漢"],
    ["", "👩‍"],
    ["", "\ud800"],
];

const ofSql: readonly Run[] = [
    ["", "; "],
    ["", "[1,"],
    ["", "(select "],
    ["", "(select a from b, "],
    ["", "a join (b "],
    ["", "with a as ("],
    ["", "/*"],
    ["", "/**/"],
    ["'", "\\'"],
    ["E'", "\\'"],
    ["", "E'a'\n"],
    ["", "$a$b"],
    ["", "a."],
    ["", "a,"],
    ["", "+"],
    ["", "::a"],
    ["", "a%type."],
    ["a", " \n", "b"],
];

const ofJson: readonly Run[] = [
    ["", "[1,"],
    ["", '{"a":'],
    ["", '"\\'],
    ["", "]"],
];

const ofProjects: readonly Run[] = [
    ['"', "a", '"b'],
    ["", '"'],
    ['"', '""', '"'],
    ["", ","],
    ["", '""a,'],
    ["", "a: "],
    ["", "- "],
    ["", "? "],
    ["", "{a: "],
    ["", "&a "],
    ["a: &a 1\nb: [", "*a,"],
    ["", "a: 1\n"],
    ["", "a:\n "],
    ["", "-- a: b\n"],
    ["", "-- key: a\n"],
    ["", "/* */"],
    ["", "//\n"],
    ["", ", prep.orders as a"],
    ["", " union all select a from prep.orders"],
    ["", "join prep.orders as b on a = "],
];

const ofMarkdown: readonly Run[] = [
    ["", "> "],
    ["", "1. "],
    ["", "- > 1. "],
    ["", "- + - a\n  "],
    ["<!--\n```\n-->\n", "*a_"],
    ["", "<!-- "],
    ["", "[a]("],
    ["", "*a_"],
    ["", "`a"],
    ["", "|a"],
    ["", "-- \n"],
    ["---\n", "a: b\n"],
    ["", "---\na\n"],
    ["a", " \n", "b"],
];

const ofSettings: readonly Run[] = [
    ["", "["],
    ["", "password='\\'"],
    ["", "://a:@"],
    ["", "a=b&"],
    ["", "a=b "],
    ["", "%41"],
    ["", "*a"],
    ["", "?*"],
    ["", "--a"],
];

const ofTerminals: readonly Run[] = [
    ["", "\x1b]"],
    ["\x1bP", "\x1b"],
    ["", "\x1b["],
    ["\x1b[", "1;"],
    ["", "\xc2"],
];

/** Processor time, which other programs do not lengthen as they do the clock's. */
async function measureMs(read: (text: string) => unknown, text: string): Promise<number> {
    const start = process.cpuUsage();
    try {
        await read(text);
    } catch (error) {
        // A text may be refused, but not by accident.
        if (error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError) {
            throw error;
        }
    }
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
}

/** The best of three: the first one may compile, or collect what others left. */
async function bestMs(read: (text: string) => unknown, text: string): Promise<number> {
    return Math.min(await measureMs(read, text), await measureMs(read, text), await measureMs(read, text));
}

const shortLength = 2_000;
const longLength = 10 * shortLength;

/** So little time that nobody notices it. What takes the square of a text's length takes longer. */
const unnoticedMs = 60;

/** Between what is in proportion to the length (10) and its square (100). */
const greatestRatio = 30;

beforeAll(loadParser);

const all = [
    ...listCases(sqlReaders, ofSql),
    ...listCases(settingsReaders, ofSettings),
    ...listCases(projectReaders, [...ofProjects, ...ofSql]),
    ...listCases(markdownReaders, ofMarkdown),
    ...listCases(jsonReaders, ofJson),
    ...listCases(textReaders, []),
    ...listCases(editorReaders, ofSql),
    ...listCases(lineReaders, []),
    ...listCases(terminalReaders, ofTerminals),
];

function listCases(
    readers: Readers,
    own: readonly Run[],
): readonly { readonly name: string; readonly read: (text: string) => unknown; readonly runs: readonly Run[] }[] {
    return Object.entries(readers).map(([name, read]) => ({ name, read, runs: [...ofAllKinds, ...own] }));
}

it.each(all)("takes ten times as long for ten times the text: $name", async ({ read, runs }) => {
    const slow: string[] = [];
    for (const [before, unit, after = ""] of runs) {
        const makeText = (length: number): string => before + unit.repeat(length / unit.length) + after;
        if ((await measureMs(read, makeText(longLength))) <= unnoticedMs) {
            continue;
        }
        const longMs = await bestMs(read, makeText(longLength));
        const shortMs = await bestMs(read, makeText(shortLength));
        if (longMs > unnoticedMs && longMs / shortMs > greatestRatio) {
            const shown = JSON.stringify(before + unit + after);
            slow.push(`${shown}: ${shortMs.toFixed(1)} ms, then ${longMs.toFixed(1)} ms`);
        }
    }
    expect(slow).toEqual([]);
});
