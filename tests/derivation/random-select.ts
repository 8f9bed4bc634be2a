import { NothingToChoose, type Random } from "../../src/prove/random.js";
import { tableColumns, tableNames, type ColumnKind } from "./small-tables.js";

/** A SELECT and what it gives. */
export interface RandomSelect {
    readonly sql: string;
    readonly columns: readonly RandomColumn[];
}

interface RandomColumn {
    readonly name: string;
    readonly kind: ColumnKind;
}

/** What stands in a FROM clause under a name. */
interface Item {
    readonly sql: string;
    readonly columns: readonly RandomColumn[];
}

interface Use {
    readonly sql: string;
    readonly kind: ColumnKind;
}

/** What the shape of a SELECT is; each is aimed at some of the rules. */
export const shapes = [
    "filter",
    "inner",
    "cycle",
    "left",
    "leftOfLeft",
    "leftFiltered",
    "full",
    "group",
    "distinct",
    "distinctOn",
    "window",
    "windowOverDistinct",
    "set",
    "exists",
    "in",
    "scalar",
    "lateral",
    "made",
    "alternatives",
    "validity",
    "limit",
    "groupedJoin",
    "leftOfWindow",
    "numbers",
] as const;
export type Shape = (typeof shapes)[number];

/** Makes random SELECTs over the small tables. */
export class SelectMaker {
    private aliases = 0;

    constructor(private readonly random: Random) {}

    /** @param depth how deeply subqueries may stand in FROM clauses */
    select(depth: number, shape: Shape = this.random.pick(shapes)): RandomSelect {
        for (;;) {
            try {
                return this.make(depth, shape);
            } catch (error) {
                // Two tables without a column of one type, for example: other ones may have it.
                if (!(error instanceof NothingToChoose)) {
                    throw error;
                }
            }
        }
    }

    private make(depth: number, shape: Shape): RandomSelect {
        const { random } = this;
        switch (shape) {
            case "filter": {
                const item = this.item(depth);
                return this.block(this.outputs(this.uses([item])), item.sql, this.conditions([item], [], 2));
            }
            case "inner":
            case "cycle":
                return this.inner(depth, shape === "cycle" ? 3 : 2 + random.below(2), shape === "cycle");
            case "left":
                return this.left(depth);
            case "leftOfLeft":
                return this.leftOfLeft(depth);
            case "leftFiltered":
                return this.leftFiltered(depth);
            case "full": {
                const [left, right] = [this.item(depth), this.item(depth)];
                // Only conditions that can be merged or hashed are allowed here.
                const on = `full join ${right.sql} on ${this.equality(this.uses([left]), this.uses([right]))}`;
                return this.block(this.outputs(this.uses([left, right])), `${left.sql} ${on}`, []);
            }
            case "group":
            case "groupedJoin":
                return this.group(depth, shape === "groupedJoin");
            case "leftOfWindow":
                return this.leftOfWindow(depth);
            case "numbers":
                return this.numbers();
            case "distinct": {
                const inner = this.select(depth, random.pick(["filter", "inner", "left"] as const));
                const item = this.under(inner);
                const outputs = this.outputs(this.uses([item]));
                return {
                    ...this.block(outputs, item.sql, []),
                    sql: this.block(outputs, item.sql, []).sql.replace("select", "select distinct"),
                };
            }
            case "distinctOn":
                return this.distinctOn(depth);
            case "window":
                return this.window(depth, false);
            case "windowOverDistinct":
                return this.window(depth, true);
            case "set":
                return this.set(depth);
            case "exists":
            case "in":
            case "scalar":
                return this.withSubquery(depth, shape);
            case "lateral":
                return this.lateral(depth);
            case "made":
                return this.made(depth);
            case "alternatives":
                return this.alternatives(depth);
            case "validity":
                return this.validity(depth);
            case "limit": {
                const item = this.item(depth);
                const made = this.block(this.outputs(this.uses([item])), item.sql, []);
                const place = 1 + random.below(made.columns.length);
                return { ...made, sql: `${made.sql} order by ${place}, 1 limit ${1 + random.below(2)}` };
            }
        }
    }

    private name(): string {
        this.aliases++;
        return `x${this.aliases}`;
    }

    private item(depth: number): Item {
        if (depth > 0 && this.random.chance(0.5)) {
            return this.under(this.select(depth - 1));
        }
        return this.table();
    }

    private table(): Item {
        const alias = this.name();
        return {
            sql: `tables.${this.random.pick(tableNames)} as ${alias}`,
            columns: tableColumns.map(({ name, kind }) => ({ name: `${alias}.${name}`, kind })),
        };
    }

    private under(select: RandomSelect): Item {
        const alias = this.name();
        return {
            sql: `(${select.sql}) as ${alias}`,
            columns: select.columns.map(({ name, kind }) => ({ name: `${alias}.${name}`, kind })),
        };
    }

    private uses(items: readonly Item[]): readonly Use[] {
        return items.flatMap((item) => item.columns.map(({ name, kind }) => ({ sql: name, kind })));
    }

    private block(outputs: readonly Use[], from: string, conditions: readonly string[]): RandomSelect {
        const columns = outputs.map(({ kind }, place) => ({ name: `c${place}`, kind }));
        const list = outputs.map(({ sql }, place) => `${sql} as c${place}`).join(", ");
        const where = conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`;
        return { sql: `select ${list} from ${from}${where}`, columns };
    }

    /** Some columns as they are, and some expressions. */
    private outputs(uses: readonly Use[], count = 2 + this.random.below(3)): readonly Use[] {
        return this.random
            .some(uses, count)
            .map((use) => (this.random.chance(0.25) ? this.expression(use, uses) : use));
    }

    private expression(use: Use, uses: readonly Use[]): Use {
        const { random } = this;
        const same = uses.filter(({ kind }) => kind === use.kind);
        switch (random.below(4)) {
            case 0:
                return { sql: `(${use.sql})::text`, kind: "text" };
            case 1:
                return use.kind === "integer" ? { sql: `(${use.sql} + 1)`, kind: "integer" } : use;
            case 2:
                return { sql: `coalesce(${use.sql}, ${random.pick(same).sql})`, kind: use.kind };
            default:
                return {
                    sql: `case when ${random.pick(uses).sql} is null then ${use.sql} else ${random.pick(same).sql} end`,
                    kind: use.kind,
                };
        }
    }

    private constant(kind: ColumnKind): string {
        const choices: Readonly<Record<ColumnKind, readonly string[]>> = {
            integer: ["0", "1", "2"],
            bigint: ["1::bigint", "2::bigint"],
            numeric: ["1.0", "1.00", "2.5"],
            text: ["'a'::text", "'b'::text"],
            date: ["date '2020-01-01'", "date '2020-01-02'", "date '2020-01-03'"],
            boolean: ["true", "false"],
        };
        return this.random.pick(choices[kind]);
    }

    private equality(left: readonly Use[], right: readonly Use[]): string {
        const pairs = left.flatMap((one) =>
            right
                .filter(
                    ({ kind }) =>
                        kind === one.kind || (isNumber(kind) && isNumber(one.kind) && this.random.chance(0.15)),
                )
                .filter(({ kind }) => kind !== "boolean")
                .map((other) => [one.sql, other.sql] as const),
        );
        if (pairs.length === 0) {
            return "1 = 1";
        }
        const [one, other] = this.random.pick(pairs);
        return this.random.chance(0.5) ? `${one} = ${other}` : `${other} = ${one}`;
    }

    /** A condition on two sides. */
    private link(left: readonly Use[], right: readonly Use[]): string {
        const { random } = this;
        if (random.chance(0.65)) {
            return this.equality(left, right);
        }
        const one = random.pick(left);
        const same = right.filter(({ kind }) => kind === one.kind);
        const other = same.length === 0 ? null : random.pick(same);
        if (other === null) {
            return this.equality(left, right);
        }
        switch (random.below(5)) {
            case 0:
                return `${one.sql} <= ${other.sql}`;
            case 1:
                return `${one.sql} is not distinct from ${other.sql}`;
            case 2:
                return `coalesce(${one.sql}, ${this.constant(one.kind)}) = ${other.sql}`;
            case 3:
                return `(${one.sql} = ${other.sql} or ${one.sql} is null)`;
            default:
                return `${one.sql} > ${other.sql}`;
        }
    }

    private filter(uses: readonly Use[]): string {
        const { random } = this;
        const use = random.pick(uses);
        switch (random.below(6)) {
            case 0:
                return `${use.sql} is null`;
            case 1:
                return `${use.sql} is not null`;
            case 2:
                return `${use.sql} <> ${this.constant(use.kind)}`;
            case 3:
                return `coalesce(${use.sql}, ${this.constant(use.kind)}) = ${this.constant(use.kind)}`;
            case 4:
                return `(${use.sql} = ${this.constant(use.kind)} or ${random.pick(uses).sql} is null)`;
            default:
                return `${use.sql} = ${this.constant(use.kind)}`;
        }
    }

    private conditions(items: readonly Item[], links: readonly string[], most: number): readonly string[] {
        const filters = Array.from({ length: this.random.below(most) }, () => this.filter(this.uses(items)));
        return [...links, ...filters];
    }

    private inner(depth: number, count: number, isCycle: boolean): RandomSelect {
        const { random } = this;
        const items = Array.from({ length: count }, () => (isCycle ? this.table() : this.item(depth)));
        const links: string[] = [];
        for (const [place, item] of items.entries()) {
            if (place > 0) {
                const before = isCycle ? items.slice(0, place) : [random.pick(items.slice(0, place))];
                links.push(...before.map((other) => this.link(this.uses([other]), this.uses([item]))));
                if (random.chance(0.4)) {
                    links.push(this.link(this.uses(before), this.uses([item])));
                }
            }
        }
        return this.block(
            this.outputs(this.uses(items)),
            items.map(({ sql }) => sql).join(", "),
            this.conditions(items, links, 2),
        );
    }

    private on(left: readonly Item[], right: readonly Item[]): string {
        const links = [this.link(this.uses(left), this.uses(right))];
        if (this.random.chance(0.4)) {
            links.push(this.link(this.uses(left), this.uses(right)));
        }
        if (this.random.chance(0.3)) {
            links.push(this.filter(this.uses(this.random.chance(0.5) ? left : right)));
        }
        return links.join(" and ");
    }

    private left(depth: number): RandomSelect {
        const [left, right] = [this.item(depth), this.item(depth)];
        const word = this.random.chance(0.8) ? "left" : "right";
        const from = `${left.sql} ${word} join ${right.sql} on ${this.on([left], [right])}`;
        return this.block(this.outputs(this.uses([left, right]), 4), from, this.conditions([left, right], [], 2));
    }

    private leftOfLeft(depth: number): RandomSelect {
        const [one, two, three] = [this.item(depth), this.item(depth), this.item(depth)];
        const from = this.random.pick([
            () =>
                `${one.sql} left join ${two.sql} on ${this.on([one], [two])} left join ${three.sql} on ${this.on([one, two], [three])}`,
            () =>
                `${one.sql} left join (${two.sql} join ${three.sql} on ${this.on([two], [three])}) on ${this.on([one], [two, three])}`,
            () =>
                `${one.sql} left join (${two.sql} left join ${three.sql} on ${this.on([two], [three])}) on ${this.on([one], [two, three])}`,
            () =>
                `${one.sql} left join ${two.sql} on ${this.on([one], [two])} join ${three.sql} on ${this.on([one, two], [three])}`,
            () =>
                `${one.sql} join ${two.sql} on ${this.on([one], [two])} left join ${three.sql} on ${this.on([one, two], [three])}`,
        ])();
        return this.block(
            this.outputs(this.uses([one, two, three]), 4),
            from,
            this.conditions([one, two, three], [], 2),
        );
    }

    /** Numbers that are equal and not the same. */
    private numbers(): RandomSelect {
        const { random } = this;
        const [one, other] = [this.table(), this.table()];
        const number = (item: Item): string => this.uses([item]).find(({ kind }) => kind === "numeric")?.sql ?? "";
        const text = { sql: `(${number(one)})::text`, kind: "text" } as const;
        return random.chance(0.4)
            ? this.block([text, ...random.some(this.uses([one]), 2)], one.sql, [])
            : this.block(
                  [text, ...random.some(this.uses([one, other]), 2)],
                  `${one.sql}, ${other.sql}`,
                  this.conditions([one, other], [`${number(one)} = ${number(other)}`], 2),
              );
    }

    /** An outer join of something that costs too much to be computed for a few rows. */
    private leftOfWindow(depth: number): RandomSelect {
        const { random } = this;
        const left = this.under(random.chance(0.5) ? this.window(depth, false) : this.distinctOn(depth));
        const right = this.table();
        const from = `${left.sql} left join ${right.sql} on ${this.on([left], [right])}`;
        const above = random.chance(0.5) ? [this.filter(this.uses([right]))] : [];
        return this.block([...this.uses([left]), ...random.some(this.uses([right]), 2)], from, above);
    }

    /** Expressions on the side that is filled with nulls, and conditions above it. */
    private leftFiltered(depth: number): RandomSelect {
        const { random } = this;
        const left = this.item(depth);
        const inner = this.table();
        const innerUses = this.uses([inner]);
        const filled = random.pick(innerUses);
        const made: Use = { sql: `coalesce(${filled.sql}, ${this.constant(filled.kind)})`, kind: filled.kind };
        const right = this.under(
            this.block(
                [made, ...random.some(innerUses, 2)],
                inner.sql,
                random.chance(0.5) ? [this.filter(innerUses)] : [],
            ),
        );
        const from = `${left.sql} left join ${right.sql} on ${this.on([left], [right])}`;
        const rightUses = this.uses([right]);
        const above = random.chance(0.7) ? [this.filter(rightUses)] : [];
        return this.block([...random.some(this.uses([left]), 2), ...random.some(rightUses, 2)], from, above);
    }

    private group(depth: number, isJoined: boolean): RandomSelect {
        const { random } = this;
        const inner = isJoined
            ? this.under(this.select(depth, random.pick(["inner", "left"] as const)))
            : this.item(depth);
        const uses = this.uses([inner]);
        const keys = random
            .some(uses, 1 + random.below(2))
            .map((use) => (random.chance(0.25) ? this.expression(use, uses) : use));
        const value = random.pick(uses);
        const aggregates: Use[] = [
            { sql: "count(*)", kind: "bigint" },
            value.kind === "boolean"
                ? { sql: `bool_or(${value.sql})`, kind: "boolean" }
                : { sql: `${random.pick(["min", "max"])}(${value.sql})`, kind: value.kind },
        ];
        const taken = random.some(aggregates, 1 + random.below(2));
        const made = this.block([...keys, ...taken], inner.sql, this.conditions([inner], [], 2));
        const having = random.chance(0.3) ? " having count(*) > 1" : "";
        return { ...made, sql: `${made.sql} group by ${keys.map(({ sql }) => sql).join(", ")}${having}` };
    }

    private distinctOn(depth: number): RandomSelect {
        const { random } = this;
        const inner = this.item(depth);
        const uses = this.uses([inner]);
        const key = random.pick(uses);
        const others = random.some(uses, 2 + random.below(2));
        const made = this.block(
            [...(random.chance(0.7) ? [key] : []), ...others],
            inner.sql,
            this.conditions([inner], [], 2),
        );
        // In an order that leaves nothing to chance.
        const order = [key, ...uses].map(({ sql }) => sql).join(", ");
        return { ...made, sql: `${made.sql.replace("select", `select distinct on (${key.sql})`)} order by ${order}` };
    }

    private window(depth: number, isOverDistinct: boolean): RandomSelect {
        const { random } = this;
        const inner = isOverDistinct ? this.under(this.distinctOn(depth)) : this.item(depth);
        const uses = this.uses([inner]);
        const partition = random
            .some(uses, 1 + random.below(2))
            .map(({ sql }) => sql)
            .join(", ");
        const order = uses.map(({ sql }) => sql).join(", ");
        const value = random.pick(uses);
        const windows: Use[] = [
            { sql: `count(*) over (partition by ${partition})`, kind: "bigint" },
            { sql: `row_number() over (partition by ${partition} order by ${order})`, kind: "bigint" },
            { sql: `lag(${value.sql}) over (partition by ${partition} order by ${order})`, kind: value.kind },
        ];
        const made = this.block(
            [...random.some(uses, 3), random.pick(windows)],
            inner.sql,
            this.conditions([inner], [], 2),
        );
        if (!random.chance(0.4)) {
            return made;
        }
        const item = this.under(made);
        return this.block(this.uses([item]), item.sql, [this.filter(this.uses([item]))]);
    }

    private set(depth: number): RandomSelect {
        const { random } = this;
        const kinds: readonly ColumnKind[] = random.some(["integer", "text", "numeric", "date", "integer"], 2);
        const branch = (): RandomSelect => {
            const item = this.item(depth);
            const outputs = kinds.map((kind): Use => {
                const same = this.uses([item]).filter((use) => use.kind === kind);
                return same.length === 0 || random.chance(0.1) ? { sql: this.constant(kind), kind } : random.pick(same);
            });
            const made = this.block(outputs, item.sql, this.conditions([item], [], 2));
            return random.chance(0.2) ? { ...made, sql: made.sql.replace("select", "select distinct") } : made;
        };
        const [left, right] = [branch(), branch()];
        const word = random.pick(["union", "union all", "except", "intersect", "except all", "intersect all"]);
        return { sql: `(${left.sql}) ${word} (${right.sql})`, columns: left.columns };
    }

    private withSubquery(depth: number, shape: "exists" | "in" | "scalar"): RandomSelect {
        const { random } = this;
        const outer = this.item(depth);
        const inner = random.chance(0.5) ? this.table() : this.item(depth);
        const [outerUses, innerUses] = [this.uses([outer]), this.uses([inner])];
        const linked = random.chance(0.85) ? [this.link(outerUses, innerUses)] : [];
        const filters = this.conditions([inner], linked, 2);
        const where = filters.length === 0 ? "" : ` where ${filters.join(" and ")}`;
        const outputs = this.outputs(outerUses);
        if (shape === "exists") {
            const test = `${random.pick(["", "not "])}exists (select from ${inner.sql}${where})`;
            return random.chance(0.6)
                ? this.block(outputs, outer.sql, [test])
                : this.block([...outputs, { sql: test, kind: "boolean" }], outer.sql, []);
        }
        if (shape === "in") {
            const one = random.pick(outerUses.filter(({ kind }) => innerUses.some((use) => use.kind === kind)));
            const other = random.pick(innerUses.filter(({ kind }) => kind === one.kind));
            const tail = random.pick([
                "",
                "",
                ` group by ${other.sql}`,
                ` order by ${innerUses.map(({ sql }) => sql).join(", ")} limit 1`,
            ]);
            const value =
                tail.startsWith(" group") && random.chance(0.5) && one.kind !== "boolean"
                    ? `max(${other.sql})`
                    : other.sql;
            const test = `(${one.sql} ${random.pick(["in", "not in", "< all", "= any"])} (select ${value} from ${inner.sql}${where}${tail}))`;
            return random.chance(0.6)
                ? this.block(outputs, outer.sql, [random.chance(0.7) ? test : `not ${test}`])
                : this.block([...outputs, { sql: test, kind: "boolean" }], outer.sql, []);
        }
        const value = random.pick(innerUses.filter(({ kind }) => kind !== "boolean"));
        const select = random.chance(0.5)
            ? `(select max(${value.sql}) from ${inner.sql}${where})`
            : `(select ${value.sql} from ${inner.sql}${where} order by ${innerUses.map(({ sql }) => sql).join(", ")} limit 1)`;
        return random.chance(0.7)
            ? this.block([...outputs, { sql: select, kind: value.kind }], outer.sql, [])
            : this.block(outputs, outer.sql, [`${select} = ${this.constant(value.kind)}`]);
    }

    private lateral(depth: number): RandomSelect {
        const { random } = this;
        const [outer, inner] = [this.item(depth), this.table()];
        const innerUses = this.uses([inner]);
        const alias = this.name();
        const value = random.pick(innerUses.filter(({ kind }) => kind !== "boolean"));
        const where = ` where ${this.link(this.uses([outer]), innerUses)}`;
        const body = random.pick([
            `select ${value.sql} as v from ${inner.sql}${where}`,
            `select max(${value.sql}) as v from ${inner.sql}${where}`,
            `select ${value.sql} as v from ${inner.sql}${where} order by ${innerUses.map(({ sql }) => sql).join(", ")} limit 1`,
        ]);
        const join = random.pick([
            `cross join lateral (${body}) as ${alias}`,
            `left join lateral (${body}) as ${alias} on true`,
        ]);
        return this.block(
            [...this.outputs(this.uses([outer])), { sql: `${alias}.v`, kind: value.kind }],
            `${outer.sql} ${join}`,
            [],
        );
    }

    private made(depth: number): RandomSelect {
        const { random } = this;
        const item = this.item(depth);
        const integers = this.uses([item]).filter(({ kind }) => kind === "integer");
        const alias = this.name();
        if (integers.length < 2) {
            return this.select(depth, "filter");
        }
        const [one = "0", other = "0"] = random.some(integers, 2).map(({ sql }) => sql);
        const rows = random.pick([
            `lateral (values (${one}), (${other})) as ${alias} (v)`,
            `lateral generate_series(${one}, ${other}) as ${alias} (v)`,
            `lateral unnest(array[${one}, ${other}]) as ${alias} (v)`,
        ]);
        const use: Use = { sql: `${alias}.v`, kind: "integer" };
        const filters = random.chance(0.5) ? [this.filter([use, ...this.uses([item])])] : [];
        return this.block([use, ...this.outputs(this.uses([item]), 2)], `${item.sql} cross join ${rows}`, filters);
    }

    /** An entity that comes from one of two tables. */
    private alternatives(depth: number): RandomSelect {
        const { random } = this;
        const [left, right] = [this.item(depth), this.item(depth)];
        const [leftUses, rightUses] = [this.uses([left]), this.uses([right])];
        const one = random.pick(leftUses.filter(({ kind }) => rightUses.some((use) => use.kind === kind)));
        const other = random.pick(rightUses.filter(({ kind }) => kind === one.kind));
        const mixed = random.pick([
            `coalesce(${one.sql}, ${other.sql})`,
            `case when ${random.pick(rightUses).sql} is null then ${one.sql} else ${other.sql} end`,
        ]);
        const word = random.pick(["left join", "join"]);
        const from = `${left.sql} ${word} ${right.sql} on ${this.on([left], [right])}`;
        return this.block([{ sql: mixed, kind: one.kind }, ...random.some(leftUses, 2)], from, []);
    }

    /** Versions that are valid from one day to another. */
    private validity(depth: number): RandomSelect {
        const { random } = this;
        const [moments, versions] = [random.chance(0.6) ? this.table() : this.item(depth), this.table()];
        const [momentUses, versionUses] = [this.uses([moments]), this.uses([versions])];
        const days = momentUses.filter(({ kind }) => kind === "date");
        if (days.length === 0) {
            return this.select(depth, "left");
        }
        const { sql: day } = random.pick(days);
        const [from = "", until = ""] = versionUses.filter(({ kind }) => kind === "date").map(({ sql }) => sql);
        const [least = day, most = day] = random.some(days, 2).map(({ sql }) => sql);
        const span = random.pick([
            `${from} <= ${day} and ${until} > ${day}`,
            `${from} >= ${least} and ${from} <= ${most}`,
        ]);
        const on = random.chance(0.6) ? span : `${this.equality(momentUses, versionUses)} and ${span}`;
        const entity = momentUses.find(({ kind }) => kind === "boolean");
        const key = momentUses.find(({ kind }) => kind === "integer");
        // Several rows of one entity, of which some gain what others lose.
        const kept =
            entity !== undefined && key !== undefined && random.chance(0.5)
                ? [entity, key]
                : random.some(momentUses, 2);
        const used = random.some(
            versionUses.filter(({ kind }) => kind !== "date"),
            1 + random.below(2),
        );
        return this.block(
            [...kept, ...used],
            `${moments.sql} ${random.pick(["join", "left join"])} ${versions.sql} on ${on}`,
            [],
        );
    }
}

function isNumber(kind: ColumnKind): boolean {
    return kind === "integer" || kind === "bigint" || kind === "numeric";
}
