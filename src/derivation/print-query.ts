import { formatIdentifier, formatQualified } from "../sql/identifiers.js";
import { printExpression, type Printer } from "./print-expression.js";
import { columnsOf, type Block, type ColumnUse, type Expression, type From, type Member, type Query } from "./query.js";

/** Gives each member a unique name. */
export class Names {
    private readonly names = new Map<number, string>();
    private readonly taken = new Set<string>(["changed"]);

    of({ memberId, alias }: Member): string {
        const known = this.names.get(memberId);
        if (known !== undefined) {
            return known;
        }
        let name = alias;
        for (let count = 2; this.taken.has(name); count++) {
            name = `${alias}_${count}`;
        }
        this.taken.add(name);
        this.names.set(memberId, name);
        return name;
    }

    column({ member, name }: ColumnUse): string {
        const owner = this.names.get(member);
        if (owner === undefined) {
            throw new Error(`a column of something that is not in the FROM clause: ${name}`);
        }
        return `${formatIdentifier(owner)}.${formatIdentifier(name)}`;
    }
}

/** SQL for FROM items and queries, and for expressions over the members that `names` knows. */
export class QueryPrinter {
    private readonly printer: Printer = {
        column: (use) => this.names.column(use),
        query: (query) => this.query(query),
    };

    constructor(readonly names: Names) {}

    expression(expression: Expression): string {
        return printExpression(expression, this.printer);
    }

    conditions(conditions: readonly Expression[]): string {
        return conditions
            .map((condition) => {
                const text = this.expression(condition);
                return condition.BoolExpr === undefined ? text : `(${text})`;
            })
            .join(" and ");
    }

    /** Prints all items before the conditions, because conditions and LATERAL use the names that printing gives them. */
    from(from: From): string {
        switch (from.kind) {
            case "member":
                return this.member(from.member);
            case "inner": {
                const [first, ...others] = from.items.map((item) => this.from(item));
                const joined = [first ?? "(select)", ...others.map((item) => `cross join ${item}`)].join(" ");
                // Only a side of an outer join has conditions of its own here.
                return from.conditions.length === 0 && from.items.length === 1
                    ? joined
                    : `(${joined} join (select) as ${this.filler()} on ${this.conditions(from.conditions) || "true"})`;
            }
            case "left":
            case "full":
                return `(${this.from(from.left)} ${from.kind} join ${this.from(from.right)} on ${this.conditions(from.conditions) || "true"})`;
        }
    }

    private fillers = 0;

    /** A name for a relation of one row and no columns. */
    private filler(): string {
        this.fillers++;
        return `filter_${this.fillers}`;
    }

    member(member: Member): string {
        const name = formatIdentifier(this.names.of(member));
        const { item } = member;
        switch (item.kind) {
            case "relation":
                return `${formatQualified(item.relation.schema, item.relation.name)} as ${name}`;
            case "query":
                return `lateral (${this.query(item.query)}) as ${name} ${columnList(member)}`;
            case "made":
                return `lateral ${this.made(item)} as ${name} ${columnList(member)}`;
        }
    }

    private made({ content }: Extract<Member["item"], { kind: "made" }>): string {
        if (content.kind === "query") {
            return `(${this.query(content.query)})`;
        }
        const { ordinality, functions } = content.node as {
            readonly ordinality: boolean;
            readonly functions: readonly Expression[];
        };
        const calls = functions.map((call) => this.expression(call));
        return `rows from (${calls.join(", ")})${ordinality ? " with ordinality" : ""}`;
    }

    query(query: Query): string {
        switch (query.kind) {
            case "block":
                return this.block(query);
            case "set": {
                const words = `${query.operator}${query.isAll ? " all" : ""}`;
                const order =
                    query.order.length === 0
                        ? ""
                        : ` order by ${query.order.map((sort) => this.expression(sort)).join(", ")}`;
                return `(${this.query(query.left)}) ${words} (${this.query(query.right)})${order}${this.limit(query.limit)}`;
            }
            case "values":
                return `values ${query.rows.map((row) => `(${row.map((value) => this.expression(value)).join(", ")})`).join(", ")}`;
        }
    }

    private block({ from, outputs, grouping, distinct, order, limit }: Block): string {
        const list = (expressions: readonly Expression[]): string =>
            expressions.map((expression) => this.expression(expression)).join(", ");
        const having = grouping?.having ?? null;
        const items = from.items.map((item) => this.from(item));
        const unique = distinct === null ? "" : distinct === "all" ? " distinct" : ` distinct on (${list(distinct)})`;
        const selected = outputs.map(
            ({ name, expression }) => `${this.expression(expression)} as ${formatIdentifier(name)}`,
        );
        return [
            `select${unique} ${selected.join(", ")}`,
            items.length === 0 ? "" : `from ${items.join(" cross join ")}`,
            from.conditions.length === 0 ? "" : `where ${this.conditions(from.conditions)}`,
            grouping === null || grouping.keys.length === 0 ? "" : `group by ${list(grouping.keys)}`,
            having === null ? "" : `having ${this.expression(having)}`,
            order.length === 0 ? "" : `order by ${list(order)}`,
        ]
            .filter((part) => part !== "")
            .join(" ")
            .concat(this.limit(limit));
    }

    private limit(limit: Block["limit"]): string {
        if (limit === null) {
            return "";
        }
        const offset = limit.offset === null ? "" : ` offset (${this.expression(limit.offset)})`;
        const count =
            limit.count === null
                ? ""
                : limit.withTies
                  ? ` fetch first (${this.expression(limit.count)}) rows with ties`
                  : ` limit (${this.expression(limit.count)})`;
        return offset + count;
    }
}

function columnList(member: Member): string {
    const columns = columnsOf(member);
    return columns.length === 0 ? "" : `(${columns.map(formatIdentifier).join(", ")})`;
}
