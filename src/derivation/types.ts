import type { Catalogue } from "./catalogue.js";
import {
    columnOrNull,
    columnUses,
    visit,
    type ColumnType,
    type ColumnUse,
    type Expression,
    type Member,
    type Query,
} from "./query.js";

/** Types whose equal values are identical bit by bit. Not so: the floats 0 and -0, or the intervals of a month and of 30 days. */
const identical = new Set([
    "smallint",
    "integer",
    "bigint",
    "oid",
    "boolean",
    "text",
    "character varying",
    "name",
    '"char"',
    "uuid",
    "date",
    "timestamp without time zone",
    "timestamp with time zone",
    "time without time zone",
    "bytea",
]);

const collatable = new Set(["text", "character varying", "character", "name"]);

/** Types for which `=` agrees with GROUP BY, PARTITION BY and DISTINCT. */
const comparable = new Set([
    ...identical,
    "numeric",
    "double precision",
    "real",
    "interval",
    "character",
    "time with time zone",
    "jsonb",
    "inet",
    "cidr",
    "bit",
    "bit varying",
    "macaddr",
]);

/** A second key, beside the value, that distinguishes values that are equal but not identical. */
const tellingApart: Readonly<Record<string, { readonly convert: (sql: Expression) => Expression }>> = {
    numeric: { convert: (value) => castTo(value, "text") },
    jsonb: { convert: (value) => castTo(value, "text") },
    interval: { convert: (value) => call("interval_send", value) },
    real: { convert: (value) => call("float4send", value) },
    "double precision": { convert: (value) => call("float8send", value) },
};

export function isIdentical(type: ColumnType | null): boolean {
    return type !== null && type.isDeterministic && identical.has(type.name);
}

export function isComparable(type: ColumnType | null): boolean {
    return type !== null && type.isDeterministic && comparable.has(type.name);
}

/** Keys to group by so that only identical values fall into one group; null if none are known for the type. */
export function groupingKeysOrNull(value: Expression, type: ColumnType | null): readonly Expression[] | null {
    if (isIdentical(type)) {
        return [value];
    }
    const apart = type?.isDeterministic === true ? tellingApart[type.name] : undefined;
    return apart === undefined ? null : [value, apart.convert(value)];
}

function castTo(value: Expression, type: string): Expression {
    return {
        TypeCast: { arg: value, typeName: { names: [{ String: { sval: "pg_catalog" } }, { String: { sval: type } }] } },
    };
}

function call(name: string, value: Expression): Expression {
    return { FuncCall: { funcname: [{ String: { sval: "pg_catalog" } }, { String: { sval: name } }], args: [value] } };
}

/** Type names in a parse tree, mapped to the names that `format_type` writes. */
const typeNames: Readonly<Record<string, string>> = {
    int2: "smallint",
    int4: "integer",
    int8: "bigint",
    bool: "boolean",
    varchar: "character varying",
    bpchar: "character",
    timestamp: "timestamp without time zone",
    timestamptz: "timestamp with time zone",
    time: "time without time zone",
    timetz: "time with time zone",
    float4: "real",
    float8: "double precision",
    varbit: "bit varying",
};

/** Finds the types of expressions, as far as that needs no knowledge of PostgreSQL's type resolution. */
export class Types {
    constructor(
        private readonly catalogue: Catalogue,
        private readonly members: ReadonlyMap<number, Member>,
    ) {}

    of(expression: Expression): ColumnType | null {
        const name = this.nameOf(expression);
        return name === null ? null : { name, isDeterministic: this.isDeterministic(expression, name) };
    }

    private nameOf(expression: Expression): string | null {
        const use = columnOrNull(expression);
        if (use !== null) {
            return this.ofColumn(use)?.name ?? null;
        }
        const [kind = "", content] = Object.entries(expression)[0] ?? [];
        const node = content as Expression;
        switch (kind) {
            case "TypeCast":
                return typeNameOrNull(node.typeName as Expression);
            case "FuncCall": {
                const name = lastName(node.funcname);
                return only((this.catalogue.functions.get(name) ?? []).map(({ resultType }) => resultType));
            }
            case "A_Expr": {
                const isPlain = node.kind === undefined || node.kind === "AEXPR_OP";
                return isPlain ? only(this.catalogue.operatorTypes.get(lastName(node.name)) ?? []) : null;
            }
            case "CoalesceExpr":
                return this.common(node.args as readonly Expression[]);
            default:
                return null;
        }
    }

    private common(expressions: readonly Expression[]): string | null {
        const names = expressions
            .filter((each) => (each.A_Const as Expression | undefined)?.isnull !== true)
            .map((each) => this.nameOf(each));
        return names.includes(null) ? null : only(names as readonly string[]);
    }

    private isDeterministic(expression: Expression, typeName: string): boolean {
        if (!collatable.has(typeName)) {
            return true;
        }
        const unknown: unknown[] = [];
        visit(expression, (node) => {
            if (node.CollateClause !== undefined || node.SubLink !== undefined) {
                unknown.push(node);
            }
        });
        return (
            unknown.length === 0 && columnUses(expression).every((use) => this.ofColumn(use)?.isDeterministic === true)
        );
    }

    private ofColumn({ member, name }: ColumnUse): ColumnType | null {
        const item = this.members.get(member)?.item;
        switch (item?.kind) {
            case "relation":
                return item.relation.columns.find((each) => each.column === name) ?? null;
            case "query":
                return this.ofQuery(item.query, this.place(item.query, name));
            case "made":
                return item.content.kind === "query"
                    ? this.ofQuery(item.content.query, item.columns.indexOf(name))
                    : null;
            case undefined:
                return null;
        }
    }

    private place(query: Query, name: string): number {
        switch (query.kind) {
            case "block":
                return query.outputs.findIndex((output) => output.name === name);
            case "set":
                return this.place(query.left, name);
            case "values":
                return query.names.indexOf(name);
        }
    }

    /** The type of a query's column; null for a set operation whose branches disagree. */
    ofQuery(query: Query, place: number): ColumnType | null {
        switch (query.kind) {
            case "block": {
                const output = query.outputs[place];
                return output === undefined ? null : (output.type ?? this.of(output.expression));
            }
            case "set": {
                const known = query.types[place];
                if (known !== undefined && known !== null) {
                    return known;
                }
                const [left, right] = [this.ofQuery(query.left, place), this.ofQuery(query.right, place)];
                return left === null || left.name !== right?.name
                    ? null
                    : { name: left.name, isDeterministic: left.isDeterministic && right.isDeterministic };
            }
            case "values": {
                const types = query.rows.map((row) => this.of(row[place] ?? {}));
                const [first] = types;
                return first !== undefined && types.every((type) => type?.name === first?.name) ? first : null;
            }
        }
    }
}

function lastName(names: unknown): string {
    return ((names as readonly Expression[]).at(-1)?.String as { readonly sval?: string } | undefined)?.sval ?? "";
}

function typeNameOrNull({ names, arrayBounds }: Expression): string | null {
    if (arrayBounds !== undefined) {
        return null;
    }
    const parts = (names as readonly Expression[]).map((part) => (part.String as { readonly sval: string }).sval);
    const name = parts.at(-1) ?? "";
    const isBuiltIn = parts.length === 1 || parts[0] === "pg_catalog";
    return isBuiltIn ? (typeNames[name] ?? name) : null;
}

/** The one type that all share; null if they differ, if there is none, or if it depends on the arguments. */
function only(types: readonly string[]): string | null {
    const [first = null] = types;
    return first !== null && !first.startsWith("any") && first !== "record" && types.every((type) => type === first)
        ? first
        : null;
}
