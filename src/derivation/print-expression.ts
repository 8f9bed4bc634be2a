import { formatIdentifier, formatLiteral } from "../sql/identifiers.js";
import { NotUnderstood, type ColumnUse, type Expression, type Query } from "./query.js";

/** How names and subqueries are written. */
export interface Printer {
    readonly column: (use: ColumnUse) => string;
    readonly query: (query: Query) => string;
}

/** SQL for an expression, with more brackets than needed rather than fewer. */
export function printExpression(expression: Expression, printer: Printer): string {
    const [kind = "", content] = Object.entries(expression)[0] ?? [];
    const print = nodePrinters[kind];
    if (print === undefined) {
        throw new NotUnderstood(`${kind || "an empty node"} is not known to the rules`);
    }
    return print(content as Expression, printer);
}

type Nodes = readonly Expression[];

const nodePrinters: Readonly<Record<string, (node: Expression, printer: Printer) => string>> = {
    Column: (node, { column }) => column(node as unknown as ColumnUse),
    NullOfType: ({ type }) => `null::${String(type)}`,
    ColumnRef: ({ fields }) => namesIn(fields).map(formatIdentifier).join("."),
    A_Const: printConstant,
    TypeCast: ({ arg, typeName }, printer) => `${operand(arg, printer)}::${printType(typeName as Expression)}`,
    FuncCall: printCall,
    A_Expr: printOperation,
    BoolExpr: ({ boolop, args }, printer) => {
        const operands = (args as Nodes).map((arg) => operand(arg, printer));
        return boolop === "NOT_EXPR"
            ? `not ${operands[0] ?? ""}`
            : operands.join(boolop === "AND_EXPR" ? " and " : " or ");
    },
    NullTest: ({ arg, nulltesttype }, printer) =>
        `${operand(arg, printer)} is ${nulltesttype === "IS_NULL" ? "null" : "not null"}`,
    BooleanTest: ({ arg, booltesttype }, printer) =>
        `${operand(arg, printer)} ${String(booltesttype).toLowerCase().replaceAll("_", " ")}`,
    CaseExpr: ({ arg, args, defresult }, printer) =>
        [
            "case",
            ...(arg === undefined ? [] : [operand(arg, printer)]),
            ...(args as Nodes).map(({ CaseWhen }) => {
                const { expr, result } = CaseWhen as { readonly expr: Expression; readonly result: Expression };
                return `when ${printExpression(expr, printer)} then ${printExpression(result, printer)}`;
            }),
            ...(defresult === undefined ? [] : [`else ${printExpression(defresult as Expression, printer)}`]),
            "end",
        ].join(" "),
    CoalesceExpr: ({ args }, printer) => `coalesce(${printList(args, printer)})`,
    MinMaxExpr: ({ op, args }, printer) =>
        `${op === "IS_GREATEST" ? "greatest" : "least"}(${printList(args, printer)})`,
    RowExpr: ({ args = [], row_format: format }, printer) =>
        format === "COERCE_IMPLICIT_CAST" && (args as Nodes).length > 1
            ? `(${printList(args, printer)})`
            : `row(${printList(args, printer)})`,
    A_ArrayExpr: ({ elements = [] }, printer) => `array[${printList(elements, printer)}]`,
    A_Indirection: ({ arg, indirection }, printer) =>
        `(${printExpression(arg as Expression, printer)})${(indirection as Nodes)
            .map((step) => printStep(step, printer))
            .join("")}`,
    CollateClause: ({ arg, collname }, printer) =>
        `${operand(arg, printer)} collate ${namesIn(collname).map(formatIdentifier).join(".")}`,
    NamedArgExpr: ({ name, arg }, printer) =>
        `${formatIdentifier(String(name))} => ${printExpression(arg as Expression, printer)}`,
    GroupingFunc: ({ args }, printer) => `grouping(${printList(args, printer)})`,
    GroupingSet: ({ kind, content = [] }, printer) => {
        const words: Readonly<Record<string, string>> = {
            GROUPING_SET_ROLLUP: "rollup",
            GROUPING_SET_CUBE: "cube",
            GROUPING_SET_SETS: "grouping sets",
        };
        return `${words[String(kind)] ?? ""}(${printList(content, printer)})`;
    },
    SortBy: ({ node, sortby_dir: direction, sortby_nulls: nulls, useOp }, printer) => {
        if (useOp !== undefined) {
            throw new NotUnderstood("ORDER BY … USING is not known to the rules");
        }
        const way = direction === "SORTBY_DESC" ? " desc" : "";
        const place =
            nulls === "SORTBY_NULLS_FIRST" ? " nulls first" : nulls === "SORTBY_NULLS_LAST" ? " nulls last" : "";
        return `${operand(node, printer)}${way}${place}`;
    },
    SubLink: printSubquery,
};

/** Nodes that never need brackets. */
const closed = new Set([
    ..."Column ColumnRef FuncCall CoalesceExpr MinMaxExpr RowExpr A_ArrayExpr GroupingFunc".split(" "),
]);

function operand(node: unknown, printer: Printer): string {
    const expression = node as Expression;
    const [kind = ""] = Object.keys(expression);
    const text = printExpression(expression, printer);
    const isClosed = closed.has(kind) || (kind === "A_Const" && !text.startsWith("-"));
    // `-1::int` would mean `-(1::int)`.
    return isClosed ? text : `(${text})`;
}

function printList(nodes: unknown, printer: Printer): string {
    return (nodes as Nodes).map((node) => printExpression(node, printer)).join(", ");
}

function namesIn(nodes: unknown): readonly string[] {
    return (nodes as Nodes).map((node) => {
        const name = (node.String as { readonly sval?: string } | undefined)?.sval;
        if (name === undefined) {
            throw new NotUnderstood("a whole row is used as a value");
        }
        return name;
    });
}

function printConstant(node: Expression): string {
    const { ival, fval, sval, boolval, bsval, isnull } = node as {
        readonly ival?: { readonly ival?: number };
        readonly fval?: { readonly fval?: string };
        readonly sval?: { readonly sval?: string };
        readonly boolval?: { readonly boolval?: boolean };
        readonly bsval?: { readonly bsval?: string };
        readonly isnull?: boolean;
    };
    if (isnull === true) {
        return "null";
    }
    if (ival !== undefined) {
        return String(ival.ival ?? 0);
    }
    if (fval !== undefined) {
        return fval.fval ?? "0";
    }
    if (boolval !== undefined) {
        return String(boolval.boolval ?? false);
    }
    if (bsval !== undefined) {
        const { bsval: bits = "" } = bsval;
        return `${bits.charAt(0)}'${bits.slice(1)}'`;
    }
    return formatLiteral(sval?.sval ?? "");
}

/** The names that people use for types. */
const familiarTypes: Readonly<Record<string, string>> = {
    int2: "smallint",
    int4: "integer",
    int8: "bigint",
    bool: "boolean",
    float8: "double precision",
    interval: "interval",
    timestamp: "timestamp",
    timestamptz: "timestamptz",
};

function printType(type: Expression): string {
    const { names, typmods = [], arrayBounds = [], setof, pct_type: ofColumn } = type;
    if (setof !== undefined || ofColumn !== undefined) {
        throw new NotUnderstood("a type that is written in another way is not known to the rules");
    }
    const modifiers = (typmods as Nodes).map((modifier) => {
        const constant = modifier.A_Const as Expression | undefined;
        if (constant === undefined) {
            throw new NotUnderstood("a type's modifier is not known to the rules");
        }
        return printConstant(constant);
    });
    const bounds = (arrayBounds as Nodes).map(({ Integer }) => {
        const { ival = 0 } = Integer as { readonly ival?: number };
        return ival < 0 ? "[]" : `[${ival}]`;
    });
    const [schema, ...rest] = namesIn(names);
    // The search path begins with pg_catalog.
    const parts = schema === "pg_catalog" && rest.length > 0 ? rest : [schema ?? "", ...rest];
    const known = parts.length === 1 && modifiers.length === 0 ? familiarTypes[parts[0] ?? ""] : undefined;
    const name = known ?? parts.map(formatIdentifier).join(".");
    return `${name}${modifiers.length > 0 ? `(${modifiers.join(", ")})` : ""}${bounds.join("")}`;
}

/** Prints special syntax as a plain call, too: `extract(epoch from x)` becomes `pg_catalog.extract('epoch', x)`. */
function printCall(node: Expression, printer: Printer): string {
    const {
        funcname,
        args = [],
        agg_star: isStar,
        agg_distinct: isDistinct,
        agg_order: order = [],
        agg_filter: filter,
        agg_within_group: isWithinGroup,
        func_variadic: isVariadic,
        over,
    } = node;
    const printed = (args as Nodes).map((arg) => printExpression(arg, printer));
    if (isVariadic === true) {
        printed.push(`variadic ${printed.pop() ?? ""}`);
    }
    const sorted = (order as Nodes).length > 0 ? `order by ${printList(order, printer)}` : "";
    const inside = [
        isDistinct === true ? "distinct" : "",
        isStar === true ? "*" : printed.join(", "),
        isWithinGroup === true ? "" : sorted,
    ].filter((part) => part !== "");
    return [
        `${namesIn(funcname).map(formatIdentifier).join(".")}(${inside.join(" ")})`,
        isWithinGroup === true ? `within group (${sorted})` : "",
        filter === undefined ? "" : `filter (where ${printExpression(filter as Expression, printer)})`,
        over === undefined ? "" : `over (${printWindow(over as Expression, printer)})`,
    ]
        .filter((part) => part !== "")
        .join(" ");
}

/** Bits of `frameOptions`: https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/nodes/parsenodes.h#L608 */
const frame = {
    isGiven: 0x1,
    rows: 0x4,
    groups: 0x8,
    isBetween: 0x10,
    starts: [
        [0x20, "unbounded preceding"],
        [0x80, "unbounded following"],
        [0x200, "current row"],
        [0x800, "preceding"],
        [0x2000, "following"],
    ],
    ends: [
        [0x40, "unbounded preceding"],
        [0x100, "unbounded following"],
        [0x400, "current row"],
        [0x1000, "preceding"],
        [0x4000, "following"],
    ],
    excluded: [
        [0x8000, "current row"],
        [0x10000, "group"],
        [0x20000, "ties"],
    ],
} as const;

function printWindow(window: Expression, printer: Printer): string {
    const {
        name,
        refname,
        partitionClause = [],
        orderClause = [],
        frameOptions = 0,
        startOffset,
        endOffset,
    } = window as {
        readonly name?: string;
        readonly refname?: string;
        readonly partitionClause?: Nodes;
        readonly orderClause?: Nodes;
        readonly frameOptions?: number;
        readonly startOffset?: Expression;
        readonly endOffset?: Expression;
    };
    if (name !== undefined || refname !== undefined) {
        throw new NotUnderstood("it uses a window that is not defined");
    }
    const bound = (choices: readonly (readonly [number, string])[], offset: Expression | undefined): string => {
        const [, words = ""] = choices.find(([bit]) => (frameOptions & bit) !== 0) ?? [];
        return words === "preceding" || words === "following" ? `${operand(offset ?? {}, printer)} ${words}` : words;
    };
    const parts = [
        partitionClause.length > 0 ? `partition by ${printList(partitionClause, printer)}` : "",
        orderClause.length > 0 ? `order by ${printList(orderClause, printer)}` : "",
    ];
    if ((frameOptions & frame.isGiven) !== 0) {
        const unit =
            (frameOptions & frame.rows) !== 0 ? "rows" : (frameOptions & frame.groups) !== 0 ? "groups" : "range";
        const start = bound(frame.starts, startOffset);
        const end = bound(frame.ends, endOffset);
        const [, excluded = null] = frame.excluded.find(([bit]) => (frameOptions & bit) !== 0) ?? [];
        parts.push(
            (frameOptions & frame.isBetween) !== 0 ? `${unit} between ${start} and ${end}` : `${unit} ${start}`,
            excluded === null ? "" : `exclude ${excluded}`,
        );
    }
    return parts.filter((part) => part !== "").join(" ");
}

function printOperation(node: Expression, printer: Printer): string {
    const { kind = "AEXPR_OP", name, lexpr, rexpr } = node;
    const operator = printOperator(name as Nodes);
    const left = lexpr === undefined ? "" : operand(lexpr, printer);
    const right = operand(rexpr, printer);
    switch (kind) {
        case "AEXPR_OP":
            return `${left} ${operator} ${right}`.trim();
        case "AEXPR_OP_ANY":
            return `${left} ${operator} any (${printExpression(rexpr as Expression, printer)})`;
        case "AEXPR_OP_ALL":
            return `${left} ${operator} all (${printExpression(rexpr as Expression, printer)})`;
        case "AEXPR_DISTINCT":
            return `${left} is distinct from ${right}`;
        case "AEXPR_NOT_DISTINCT":
            return `${left} is not distinct from ${right}`;
        case "AEXPR_NULLIF":
            return `nullif(${left}, ${right})`;
        default:
            throw new NotUnderstood(`${String(kind)} is not known to the rules`);
    }
}

function printOperator(name: Nodes): string {
    const parts = namesIn(name);
    const symbol = parts.at(-1) ?? "";
    return parts.length === 1 ? symbol : `operator(${parts.slice(0, -1).map(formatIdentifier).join(".")}.${symbol})`;
}

function printStep(step: Expression, printer: Printer): string {
    if (step.String !== undefined) {
        return `.${namesIn([step]).map(formatIdentifier).join("")}`;
    }
    const { is_slice: isSlice, lidx, uidx } = (step.A_Indices ?? {}) as Expression;
    const bound = (node: unknown): string => (node === undefined ? "" : printExpression(node as Expression, printer));
    return isSlice === true ? `[${bound(lidx)}:${bound(uidx)}]` : `[${bound(uidx)}]`;
}

function printSubquery(node: Expression, printer: Printer): string {
    const { subLinkType, testexpr, operName, query } = node;
    const select = `(${printer.query(query as Query)})`;
    const test = testexpr === undefined ? "" : operand(testexpr, printer);
    switch (subLinkType) {
        case "EXISTS_SUBLINK":
            return `exists ${select}`;
        case "EXPR_SUBLINK":
            return select;
        case "ARRAY_SUBLINK":
            return `array${select}`;
        case "ANY_SUBLINK":
            return operName === undefined
                ? `${test} in ${select}`
                : `${test} ${printOperator(operName as Nodes)} any ${select}`;
        case "ALL_SUBLINK":
            return `${test} ${printOperator(operName as Nodes)} all ${select}`;
        default:
            throw new NotUnderstood(`a subquery as ${String(subLinkType)} is not known to the rules`);
    }
}
