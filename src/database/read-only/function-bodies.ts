import { findSelectOrNull, listMentions, type Mention } from "./mentions.js";
import { parsePlpgsql, parseStatements, RefusedStatementError, UnreadableSqlError, type TreeNode } from "./parser.js";

/** A function's body, and what is needed to parse it. */
export interface FunctionText {
    readonly language: string;
    readonly source: string;
    /** Names of the arguments, empty for one without a name. */
    readonly argumentNames: readonly string[];
    /** `i`, `o`, `b`, `v` or `t`, as in `pg_proc.proargmodes`; empty when all are input. */
    readonly argumentModes: readonly string[];
    /** Whether each argument is a row, with columns. */
    readonly hasColumns: readonly boolean[];
    readonly returnsSet: boolean;
    readonly returnsNothing: boolean;
}

/**
 * The names in the body of a function in SQL or PL/pgSQL.
 *
 * @throws UnreadableSqlError if one of its statements does more than read, or cannot be judged
 */
export function listBodyMentions(text: FunctionText): readonly Mention[] {
    const mentions = text.language === "sql" ? listOfStatements(text.source) : listOfPlpgsql(text);
    return mentions.map((each) => ({ ...each, byte: null }));
}

function listOfStatements(sql: string): readonly Mention[] {
    return parseStatements(sql).flatMap((statement) => {
        if (statement.SelectStmt === undefined) {
            // Throws with the title of the statement.
            findSelectOrNull(statement);
            throw new UnreadableSqlError("only SELECT can be judged");
        }
        return listMentions(statement);
    });
}

/** The parts of PL/pgSQL that are allowed: all others run text as SQL, end a transaction, or are unknown. */
const plpgsqlNodes = new Set(
    `function var rec row recfield type stmt_block stmt_assign stmt_if if_elsif stmt_case case_when stmt_loop stmt_while
    stmt_fori stmt_fors stmt_forc stmt_foreach_a stmt_exit stmt_return stmt_return_next stmt_return_query stmt_raise
    raise_option stmt_assert stmt_execsql stmt_perform stmt_getdiag diag_item stmt_open stmt_fetch stmt_close expr
    exception_block exception condition`
        .trim()
        .split(/\s+/)
        .map((name) => `PLpgSQL_${name}`),
);

function listOfPlpgsql(text: FunctionText): readonly Mention[] {
    const found: Mention[] = [];
    // The parser does not know the columns of a row type; a record may have any columns.
    const source = text.source.replaceAll(
        /(?<![\w$."%])([a-z_]\w*(?:\.[a-z_]\w*)*)[ \t]*%[ \t]*rowtype\b/gi,
        (_all, name) => {
            const parts = String(name).toLowerCase().split(".");
            found.push({ kind: "relation", schema: null, name: parts.at(-1) ?? "", arity: null, byte: null });
            return "record";
        },
    );
    visit(parsePlpgsql(buildDefinition({ ...text, source })), found);
    return found;
}

function buildDefinition(text: FunctionText): string {
    const { source, argumentNames, argumentModes, hasColumns, returnsSet, returnsNothing } = text;
    let tag = "$stardeck$";
    for (let count = 0; source.includes(tag); count++) {
        tag = `$stardeck${count}$`;
    }
    const all = hasColumns.map((isRow, at) => {
        const name = argumentNames[at] ?? "";
        return {
            mode: argumentModes[at] ?? "i",
            name: name === "" ? "" : `"${name.replaceAll('"', '""')}"`,
            type: isRow ? "record" : "text",
        };
    });
    const columns = all.filter(({ mode }) => mode === "t");
    const outputs = all.filter(({ mode }) => mode === "o" || mode === "b");
    const modes: Readonly<Record<string, string>> = { o: "out", b: "inout" };
    const list = all
        .filter(({ mode }) => mode !== "t")
        .map(({ mode, name, type }) => `${modes[mode] ?? "in"} ${name} ${type}`)
        .join(", ");
    const set = returnsSet ? "setof " : "";
    const returns =
        columns.length > 0
            ? `returns table (${columns.map(({ name, type }) => `${name} ${type}`).join(", ")})`
            : outputs.length > 0
              ? returnsSet
                  ? `returns setof ${outputs.length > 1 ? "record" : (outputs[0]?.type ?? "text")}`
                  : ""
              : `returns ${set}${returnsNothing ? "void" : "text"}`;
    return `create function stardeck(${list}) ${returns} language plpgsql as ${tag}${source}${tag}`;
}

function visit(value: unknown, found: Mention[]): void {
    if (Array.isArray(value)) {
        for (const item of value) {
            visit(item, found);
        }
        return;
    }
    if (typeof value !== "object" || value === null) {
        return;
    }
    for (const [key, content] of Object.entries(value as TreeNode)) {
        if (key === "dynquery" || key === "PLpgSQL_stmt_dynexecute" || key === "PLpgSQL_stmt_dynfors") {
            throw new RefusedStatementError("EXECUTE");
        }
        if (key.startsWith("PLpgSQL_")) {
            if (!plpgsqlNodes.has(key)) {
                throw new RefusedStatementError(key.replace(/^PLpgSQL_(stmt_)?/, "").toUpperCase());
            }
            if (key === "PLpgSQL_expr") {
                found.push(...listOfExpression(content as { query: string; parseMode?: number }));
            } else if (key === "PLpgSQL_type") {
                found.push(...listOfType((content as { typname: string }).typname));
            }
        }
        visit(content, found);
    }
}

/** The parse modes are numbers of `RawParseMode`: https://github.com/postgres/postgres/blob/master/src/include/parser/parser.h */
function listOfExpression({ query, parseMode = 0 }: { query: string; parseMode?: number }): readonly Mention[] {
    switch (parseMode) {
        case 0:
            return listOfStatements(query);
        case 2:
            return listOfStatements(`select ${query}`);
        case 3:
        case 4:
        case 5: {
            const at = findAssignment(query);
            return [
                ...listOfStatements(`select ${query.slice(0, at.start)}`),
                ...listOfStatements(`select ${query.slice(at.end)}`),
            ];
        }
        default:
            throw new UnreadableSqlError("it has an expression that cannot be judged");
    }
}

/** The position of `:=` or `=` after the variable and its subscripts. */
function findAssignment(sql: string): { readonly start: number; readonly end: number } {
    // A variable may be a quoted name, and a subscript may contain a string.
    const pattern = /"(?:[^"]|"")*"|'(?:[^']|'')*'|[[(]|[\])]|:=|=/g;
    let depth = 0;
    for (const { 0: sign, index } of sql.matchAll(pattern)) {
        if (sign === "[" || sign === "(") {
            depth++;
        } else if (sign === "]" || sign === ")") {
            depth--;
        } else if (depth === 0 && (sign === ":=" || sign === "=")) {
            return { start: index, end: index + sign.length };
        }
    }
    throw new UnreadableSqlError("it has an assignment that cannot be judged");
}

function listOfType(name: string): readonly Mention[] {
    const column = /^(.*)\.[^.]+%type$/i.exec(name)?.[1];
    if (column !== undefined) {
        return listOfStatements(`select from ${column}`);
    }
    // The parser's name for a type that the function does not declare.
    return /^unknown$/i.test(name) || name === ""
        ? []
        : listOfStatements(`select null::${name.replace(/%type$/i, "")}`);
}
