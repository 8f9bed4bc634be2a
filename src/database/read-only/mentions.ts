import { RefusedStatementError, type TreeNode } from "./parser.js";

export type MentionKind = "function" | "type" | "relation" | "operator";

/** A name in SQL that refers to objects of the database. */
export interface Mention {
    readonly kind: MentionKind;
    /** Null when no schema is written: the object may then be in any schema. */
    readonly schema: string | null;
    readonly name: string;
    /** How many arguments a function is given, or operands an operator; null when uncertain. */
    readonly arity: number | null;
    /** Its position in the SQL, in bytes of UTF-8 from 0; null if unknown, as in function bodies. */
    readonly byte: number | null;
}

/** The nodes that a SELECT may consist of. Any other node is refused, because the guard does not know where it leads. */
const readingNodes = new Set(
    `SelectStmt ResTarget ColumnRef A_Star A_Expr A_Const FuncCall TypeCast TypeName CollateClause SubLink BoolExpr NullTest
    BooleanTest CaseExpr CaseWhen CoalesceExpr MinMaxExpr RowExpr A_ArrayExpr A_Indirection A_Indices ParamRef
    SQLValueFunction XmlExpr XmlSerialize GroupingFunc GroupingSet WindowDef SortBy RangeVar RangeSubselect RangeFunction
    RangeTableFunc RangeTableFuncCol RangeTableSample JoinExpr Alias WithClause CommonTableExpr CTESearchClause
    CTECycleClause ColumnDef List String Integer Float Boolean BitString NamedArgExpr SetToDefault JsonFormat
    JsonReturning JsonValueExpr JsonKeyValue JsonObjectConstructor JsonArrayConstructor JsonArrayQueryConstructor
    JsonAggConstructor JsonObjectAgg JsonArrayAgg JsonIsPredicate JsonParseExpr JsonScalarExpr JsonSerializeExpr
    JsonFuncExpr JsonOutput JsonArgument JsonBehavior JsonTable JsonTableColumn JsonTablePathSpec`.split(/\s+/),
);

const statementTitles: Readonly<Record<string, string>> = {
    InsertStmt: "INSERT",
    UpdateStmt: "UPDATE",
    DeleteStmt: "DELETE",
    MergeStmt: "MERGE",
    TransactionStmt: "the end or the beginning of a transaction",
    VariableSetStmt: "SET",
    VariableShowStmt: "SHOW",
    LockStmt: "LOCK",
    CopyStmt: "COPY",
    CallStmt: "CALL",
    DoStmt: "DO",
    ExecuteStmt: "EXECUTE",
    ReindexStmt: "REINDEX",
    ClusterStmt: "CLUSTER",
    VacuumStmt: "VACUUM or ANALYZE",
    CreateTableAsStmt: "CREATE TABLE AS",
};

/**
 * The names in a statement that must be judged.
 *
 * @throws UnreadableSqlError unless the statement only reads
 */
export function listMentions(statement: TreeNode): readonly Mention[] {
    const mentions: Mention[] = [];
    visit(statement, mentions, null);
    return mentions;
}

/**
 * The SELECT of a statement: the statement itself, or that of an EXPLAIN or DECLARE. Null for FETCH and CLOSE, whose cursor was
 * judged when it was declared.
 *
 * @throws UnreadableSqlError
 */
export function findSelectOrNull(statement: TreeNode): TreeNode | null {
    const [kind = "", content] = Object.entries(statement)[0] ?? [];
    switch (kind) {
        case "SelectStmt":
            return statement;
        case "ExplainStmt": {
            const { query, options = [] } = content as { query: TreeNode; options?: readonly TreeNode[] };
            const names = options.map(({ DefElem }) => (DefElem as { defname?: string }).defname ?? "");
            if (names.some((name) => !explainOptions.includes(name))) {
                throw new RefusedStatementError("this option of EXPLAIN");
            }
            return findSelectOrNull(query);
        }
        case "DeclareCursorStmt":
            return findSelectOrNull((content as { query: TreeNode }).query);
        case "FetchStmt":
        case "ClosePortalStmt":
            return null;
        default:
            throw new RefusedStatementError(titleOf(kind));
    }
}

/** ANALYZE is allowed: it runs the statement and drops the rows, which does no more than the statement itself, and that is judged. */
const explainOptions = [
    ...["analyze", "buffers", "timing", "wal", "serialize"],
    ...["verbose", "costs", "settings", "generic_plan", "format", "summary", "memory"],
];

function titleOf(kind: string): string {
    return (
        statementTitles[kind] ??
        kind
            .replace(/Stmt$/, "")
            .replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ")
            .toUpperCase()
    );
}

function visit(value: unknown, found: Mention[], place: number | null): void {
    if (Array.isArray(value)) {
        for (const item of value) {
            visit(item, found, place);
        }
        return;
    }
    if (typeof value !== "object" || value === null) {
        return;
    }
    const node = value as TreeNode;
    const here = typeof node.location === "number" ? node.location : place;
    if (Array.isArray(node.names)) {
        const names = node.names as readonly TreeNode[];
        // `relation.column%type` names a column instead.
        const isOfColumn = node.pct_type === true;
        found.push(isOfColumn ? mention("relation", names.slice(0, -1), here) : mention("type", names, here));
    } else if (typeof node.relname === "string") {
        const { schemaname = null, relname } = node as { schemaname?: string; relname: string };
        found.push({ kind: "relation", schema: schemaname, name: relname, arity: null, byte: here });
    }
    if (node.intoClause !== undefined) {
        throw new RefusedStatementError("SELECT INTO");
    }
    if (node.lockingClause !== undefined) {
        throw new RefusedStatementError("FOR UPDATE, or another lock of rows,");
    }
    for (const [key, content] of Object.entries(node)) {
        // The names of PostgreSQL's structures begin with a capital letter, those of their fields do not.
        if (/^[A-Z]/.test(key)) {
            if (!readingNodes.has(key)) {
                throw new RefusedStatementError(titleOf(key));
            }
            visitNode(key, content as TreeNode, found, here);
        }
        visit(content, found, here);
    }
}

function visitNode(kind: string, node: TreeNode, found: Mention[], outer: number | null): void {
    const place = typeof node.location === "number" ? node.location : outer;
    const operators = (...names: readonly string[]): void => {
        for (const name of names) {
            found.push({ kind: "operator", schema: null, name, arity: null, byte: place });
        }
    };
    switch (kind) {
        case "FuncCall": {
            const {
                funcname,
                args = [],
                agg_within_group: isWithinGroup = false,
            } = node as {
                funcname: readonly TreeNode[];
                args?: readonly unknown[];
                agg_within_group?: boolean;
            };
            const called = mention("function", funcname, place, isWithinGroup ? null : args.length);
            // A call with one argument may be a cast to a type of that name.
            found.push(called, ...(args.length === 1 ? [{ ...called, kind: "type" } as const] : []));
            return;
        }
        case "ColumnRef":
            visitAttributes((node as { fields: readonly TreeNode[] }).fields.slice(1), found, place);
            return;
        case "A_Indirection":
            visitAttributes((node as { indirection: readonly TreeNode[] }).indirection, found, place);
            return;
        case "A_Expr": {
            const { kind: form = "AEXPR_OP", name } = node as { kind?: string; name: readonly TreeNode[] };
            if (form.includes("BETWEEN")) {
                operators("<", "<=", ">", ">=");
            } else {
                const arity = node.lexpr === undefined ? 1 : 2;
                found.push(mention("operator", name, place, arity));
            }
            return;
        }
        case "SubLink":
            if (node.operName === undefined) {
                operators("=");
            } else {
                found.push(mention("operator", node.operName as readonly TreeNode[], place));
            }
            return;
        case "SortBy":
            if (node.useOp !== undefined) {
                found.push(mention("operator", node.useOp as readonly TreeNode[], place));
            }
            return;
        case "CaseExpr":
        case "JoinExpr":
            operators("=");
            return;
        case "RangeTableSample":
            found.push(mention("function", (node as { method: readonly TreeNode[] }).method, place));
            return;
        default:
    }
}

/** `row.name` may mean `name(row)` for any type of row: the rows of a function can be numbers. */
function visitAttributes(parts: readonly TreeNode[], found: Mention[], byte: number | null): void {
    for (const part of parts) {
        const name = stringOrNull(part);
        if (name !== null) {
            found.push({ kind: "function", schema: null, name, arity: 1, byte });
            found.push({ kind: "type", schema: null, name, arity: null, byte });
        }
    }
}

function mention(
    kind: MentionKind,
    names: readonly TreeNode[],
    byte: number | null,
    arity: number | null = null,
): Mention {
    const parts = names.map((part) => stringOrNull(part) ?? "");
    const schema = parts.at(-2) ?? null;
    return { kind, schema: schema === "pg_temp" ? null : schema, name: parts.at(-1) ?? "", arity, byte };
}

function stringOrNull({ String: string }: TreeNode): string | null {
    return string === undefined ? null : ((string as { sval?: string }).sval ?? "");
}
