import { didYouMean } from "../text/nearest-name.js";
import { blockKinds, blockNames, type BlockDescription, type OptionType } from "./block-kinds.js";
import type { BlockKind, ChartKind, LiveBlock, RowsFrom } from "./live-block.js";

/** A fenced block as it is written in a file. */
export interface Fence {
    /** The text after the opening backticks. */
    readonly info: string;
    readonly body: string;
}

/** What a fence means. */
export type ParsedFence =
    | { readonly kind: "code"; readonly language: string }
    | { readonly kind: "notes" }
    | { readonly kind: "block"; readonly block: LiveBlock }
    /** `line` counts from the fence's first line, which is 0. */
    | { readonly kind: "wrong"; readonly message: string; readonly hint: string; readonly line: number };

/** Known languages of code; any other word is taken for a misspelt block. */
const languages: ReadonlySet<string> = new Set(
    `bash c console cpp css csv diff go html http ini java javascript js json jsonl jsx kotlin less log markdown md plain
    plaintext powershell ps1 py python r rb ruby rust scss sh shell text toml ts tsx txt typescript xml yaml yml zsh`.split(
        /\s+/,
    ),
);

class BlockProblem extends Error {
    constructor(
        message: string,
        readonly hint: string,
        readonly line: number,
    ) {
        super(message);
    }
}

/** Reads a fence: a live block, speaker notes or code. Never throws: a mistake becomes a `wrong` result. */
export function parseFence({ info, body }: Fence): ParsedFence {
    const [word = "", ...subjects] = info.trim().split(/\s+/);
    const name = word.toLowerCase();
    if (name === "notes") {
        return { kind: "notes" };
    }
    const kind = blockNames.find((each) => each === name);
    // `sql` without a model is code to show.
    if (kind === undefined ? name === "" || languages.has(name) : kind === "sql" && subjects.length === 0) {
        return { kind: "code", language: name };
    }
    try {
        if (kind === undefined) {
            const all = `There are ${blockNames.join(", ")} and notes.`;
            throw new BlockProblem(`There is no block "${word}".`, didYouMean(word, blockNames, all), 0);
        }
        return { kind: "block", block: parseBlock(kind, subjects, body) };
    } catch (error) {
        if (error instanceof BlockProblem) {
            return { kind: "wrong", message: error.message, hint: error.hint, line: error.line };
        }
        throw error;
    }
}

function parseBlock(kind: BlockKind, subjects: readonly string[], body: string): LiveBlock {
    const description = blockKinds[kind];
    const [subject = null, tooMuch] = subjects;
    if (tooMuch !== undefined || (subject !== null && description.subject === null)) {
        const extra = tooMuch ?? subject ?? "";
        throw new BlockProblem(
            `"${extra}" cannot follow ${kind}.`,
            description.subject === null
                ? "Nothing may follow it on its first line; options go below it."
                : `One ${description.subject.name} may follow; options go below it, each on its own line.`,
            0,
        );
    }
    if (subject === null && description.subject?.isRequired === true) {
        throw new BlockProblem(`${kind} needs a ${description.subject.name}.`, "Name it on the block's first line.", 0);
    }
    const { options, sql, sqlLine } = readBody(kind, description, body);
    const from = (): RowsFrom => chooseRows(kind, description, subject, sql, sqlLine);
    const statement = (): RowsFrom & { readonly kind: "sql" } => {
        const chosen = from();
        return chosen.kind === "sql" ? chosen : { kind: "sql", sql: "" };
    };
    const rows = options.rows === undefined ? null : Number(options.rows);
    switch (kind) {
        case "chart":
            return {
                kind,
                from: from(),
                label: options.label ?? null,
                value: options.value ?? null,
                // `readOption` has checked it.
                type: (options.type ?? null) as ChartKind | null,
            };
        case "table":
            return { kind, from: from(), columns: splitNames(options.columns ?? ""), rows };
        case "query":
            return { kind, from: statement(), rows };
        case "figures":
            return { kind, from: statement() };
        case "sql":
            return { kind, model: subject ?? "" };
        case "lineage":
            return { kind, of: subject };
        case "star":
            return { kind, fact: subject };
        case "sources":
            return { kind };
        case "tests":
            return { kind, of: subject, only: options.only === "problems" ? "problems" : "all" };
        case "replay":
            return { kind, run: parseRun(subject ?? "incremental"), speed: Number(options.speed ?? 1) };
    }
}

interface Body {
    readonly options: Readonly<Record<string, string>>;
    readonly sql: string;
    readonly sqlLine: number;
}

/** Reads the options, one `key: value` a line, and the SQL that follows them. */
function readBody(kind: BlockKind, description: BlockDescription, body: string): Body {
    const lines = body.split("\n");
    const options: Record<string, string> = {};
    let index = 0;
    for (; index < lines.length; index++) {
        const line = lines[index] ?? "";
        // SQL has casts (`a::text`), but never begins with a word and one colon.
        const [, key, value = ""] = /^([a-z][\w-]*)\s*:(?!:)(.*)$/i.exec(line.trim()) ?? [];
        if (line.trim() === "") {
            continue;
        }
        if (key === undefined) {
            break;
        }
        readOption(kind, description, key, value.trim(), options, index + 1);
    }
    const sql = lines.slice(index).join("\n").trimEnd();
    if (sql !== "" && description.sql === "never") {
        throw new BlockProblem(
            `"${shorten(lines[index] ?? "")}" is no option of ${kind}.`,
            listOptions(kind, description),
            index + 1,
        );
    }
    return { options, sql, sqlLine: index + 1 };
}

function readOption(
    kind: BlockKind,
    { options: known }: BlockDescription,
    key: string,
    value: string,
    options: Record<string, string>,
    line: number,
): void {
    const option = Object.hasOwn(known, key) ? known[key] : undefined;
    if (option === undefined) {
        const names = Object.keys(known);
        throw new BlockProblem(
            `${kind} has no option "${key}".`,
            didYouMean(key, names, listOptions(kind, blockKinds[kind])),
            line,
        );
    }
    if (Object.hasOwn(options, key)) {
        throw new BlockProblem(`${key} is given twice.`, "Keep one of them.", line);
    }
    const problem = checkOptionOrNull(option.value, value);
    if (problem !== null) {
        throw new BlockProblem(`${key} cannot be "${shorten(value)}".`, problem, line);
    }
    options[key] = value;
}

function checkOptionOrNull(type: OptionType, value: string): string | null {
    switch (type.type) {
        case "text":
            return value === "" ? "Give a value behind the colon." : null;
        case "choice":
            return type.choices.includes(value) ? null : `It takes one of: ${type.choices.join(", ")}.`;
        case "number": {
            const number = value === "" ? NaN : Number(value);
            const isFit = number >= type.least && number <= type.most && (!type.isWhole || Number.isInteger(number));
            return isFit
                ? null
                : `It takes a ${type.isWhole ? "whole " : ""}number from ${type.least} to ${type.most}.`;
        }
    }
}

function listOptions(kind: BlockKind, { options }: BlockDescription): string {
    const names = Object.keys(options);
    return names.length === 0 ? `${kind} takes no options.` : `It takes: ${names.join(", ")}.`;
}

function chooseRows(
    kind: BlockKind,
    { sql: mode }: BlockDescription,
    subject: string | null,
    sql: string,
    sqlLine: number,
): RowsFrom {
    if (subject !== null && sql !== "") {
        throw new BlockProblem(
            `${kind} has a model and a statement.`,
            "Keep the model on the first line or the SQL below.",
            sqlLine,
        );
    }
    if (subject !== null) {
        return { kind: "model", name: subject };
    }
    if (sql === "") {
        throw new BlockProblem(
            `${kind} does not say what to show.`,
            mode === "always"
                ? "Write a SELECT below its options."
                : "Name a model on its first line, or write a SELECT below its options.",
            0,
        );
    }
    return { kind: "sql", sql };
}

function parseRun(given: string): string {
    if (given === "last" || given === "incremental" || /^\d{1,18}$/.test(given)) {
        return given;
    }
    throw new BlockProblem(
        `replay cannot play "${shorten(given)}".`,
        "Give the number of a run (`stardeck history` lists them), last or incremental.",
        0,
    );
}

function splitNames(text: string): readonly string[] {
    return text
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== "");
}

function shorten(text: string): string {
    const line = text.trim();
    return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}
