import { chartKinds, testFilters, type BlockKind } from "./live-block.js";

/** The values that an option may have. */
export type OptionType =
    | { readonly type: "text" }
    | { readonly type: "choice"; readonly choices: readonly string[] }
    | { readonly type: "number"; readonly isWhole: boolean; readonly least: number; readonly most: number };

export interface OptionDescription {
    readonly value: OptionType;
    readonly description: string;
}

/** A kind of block as data: the parser and the documentation are made from it. */
export interface BlockDescription {
    /** The word that may follow the kind on the first line. */
    readonly subject: { readonly name: string; readonly isRequired: boolean } | null;
    /** Whether a statement may follow the options: `never`, `instead` of a subject, or `always`. */
    readonly sql: "never" | "instead" | "always";
    readonly options: Readonly<Record<string, OptionDescription>>;
    readonly description: string;
}

const text: OptionType = { type: "text" };
const rows: OptionDescription = {
    value: { type: "number", isWhole: true, least: 1, most: 1000 },
    description: "the most rows to show",
};

/** Every kind of live block, by the first word of its fence. */
export const blockKinds: Readonly<Record<BlockKind, BlockDescription>> = {
    chart: {
        subject: { name: "MODEL", isRequired: false },
        sql: "instead",
        options: {
            label: { value: text, description: "the column that names the values" },
            value: { value: text, description: "the column with the values" },
            type: { value: { type: "choice", choices: chartKinds }, description: "how to draw it" },
        },
        description: "A chart of a model or a statement; without options the one that suits best.",
    },
    table: {
        subject: { name: "MODEL", isRequired: false },
        sql: "instead",
        options: { columns: { value: text, description: "names, separated by commas" }, rows },
        description: "Rows of a model or a statement, and how many there are.",
    },
    query: {
        subject: null,
        sql: "always",
        options: { rows },
        description: "A statement and its rows.",
    },
    figures: {
        subject: null,
        sql: "always",
        options: {},
        description: "The columns of a statement's first row as large figures, each with its name.",
    },
    sql: {
        subject: { name: "MODEL", isRequired: true },
        sql: "never",
        options: {},
        description: "The SELECT of a model.",
    },
    lineage: {
        subject: { name: "NAME", isRequired: false },
        sql: "never",
        options: {},
        description:
            "What a model, or a column as MODEL.COLUMN, is made of and what is made of it; without one, the whole warehouse.",
    },
    star: {
        subject: { name: "FACT", isRequired: false },
        sql: "never",
        options: {},
        description: "Facts, their dimensions and the keys between them, as the data tests know them.",
    },
    sources: {
        subject: null,
        sql: "never",
        options: {},
        description: "The landing tables: rows, newest row, freshness and the faults that data tests find in them.",
    },
    tests: {
        subject: { name: "MODEL", isRequired: false },
        sql: "never",
        options: { only: { value: { type: "choice", choices: testFilters }, description: "which results to list" } },
        description: "The data tests, and what they caught.",
    },
    replay: {
        subject: { name: "RUN", isRequired: false },
        sql: "never",
        options: {
            speed: {
                value: { type: "number", isWhole: false, least: 0.1, most: 1000 },
                description: "1 is as fast as it was",
            },
        },
        description: "A recorded run, played again: a number, `last`, or the newest incremental one.",
    },
};

export const blockNames = Object.keys(blockKinds) as readonly BlockKind[];
