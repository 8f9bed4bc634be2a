import { formatIdentifier } from "../sql/identifiers.js";
import { changeSign } from "./change-sign.js";
import { Names, QueryPrinter } from "./print-query.js";
import { column, columnOrNull, columnUses, type Expression, type Member } from "./query.js";
import type { Source, Trace } from "./trace.js";

/** A SELECT over `changed` that finds what the traces find, with the given column names. */
export function printTraces(traces: readonly Trace[], columnNames: readonly string[], isNullLeftOut: boolean): string {
    const selects = traces.map((trace) => new TracePrinter().trace(trace, columnNames, isNullLeftOut));
    const once = selects.filter((select, place) => selects.indexOf(select) === place);
    return once.length === 1 ? (once[0] ?? "") : once.map((select) => `(${select})`).join("\nunion\n");
}

class TracePrinter {
    private readonly names = new Names();
    private readonly printer = new QueryPrinter(this.names);

    trace(trace: Trace, columnNames: readonly string[], isNullLeftOut: boolean): string {
        const from: string[] = [];
        let waiting = [...trace.conditions, ...trace.sources.flatMap((source) => localConditions(source))];
        const named = new Set<number>();
        const isReady = (condition: Expression): boolean =>
            columnUses(condition).every(({ member }) => named.has(member));
        for (const source of trace.sources) {
            const item = this.source(source, named);
            const ready = from.length === 0 ? [] : waiting.filter(isReady);
            waiting = waiting.filter((condition) => !ready.includes(condition));
            from.push(
                from.length === 0
                    ? item
                    : ready.length === 0
                      ? `cross join ${item}`
                      : `join ${item} on ${this.printer.conditions(ready)}`,
            );
        }
        const outputs = trace.outputs.map((output) => this.printer.expression(output));
        const selected = outputs.map((output, place) => `${output} as ${formatIdentifier(columnNames[place] ?? "")}`);
        const where = [
            ...(waiting.length === 0 ? [] : [this.printer.conditions(waiting)]),
            ...(isNullLeftOut ? outputs.map((output) => `(${output}) is not null`) : []),
        ];
        const [first] = trace.sources;
        const net =
            trace.netBy === null || first?.kind !== "changed"
                ? []
                : [
                      `group by ${trace.netBy.map((key) => this.printer.expression(key)).join(", ")}`,
                      `having sum(${this.printer.expression(column(first.member.memberId, changeSign))}) <> 0`,
                  ];
        return [
            `select distinct ${selected.join(", ")}`,
            `from ${from.join("\n")}`,
            ...(where.length === 0 ? [] : [`where ${where.join(" and ")}`]),
            ...net,
        ].join("\n");
    }

    private source(source: Source, named: Set<number>): string {
        switch (source.kind) {
            case "changed": {
                named.add(source.member.memberId);
                return this.changed(source.member, source);
            }
            case "current": {
                const text = this.printer.from(source.from);
                for (const { memberId } of topMembers(source.from)) {
                    named.add(memberId);
                }
                return text;
            }
            case "trace": {
                const { memberId, trace } = source;
                named.add(memberId);
                const columns = trace.outputs.map((_, place) => `value_${place + 1}`);
                const select = new TracePrinter().trace(trace, columns, false);
                return `(${select}) as ${formatIdentifier(this.names.of({ memberId, alias: "affected", item: nothing }))}`;
            }
        }
    }

    private changed(member: Member, { conditions, netBy }: Extract<Source, { kind: "changed" }>): string {
        const name = formatIdentifier(this.names.of(member));
        if (netBy === null) {
            return `changed as ${name}`;
        }
        const list = (keys: readonly Expression[]): string =>
            keys.map((key) => this.printer.expression(key)).join(", ");
        return `(${[
            `select ${list(netBy.filter((key) => columnOrNull(key) !== null))} from changed as ${name}`,
            conditions.length === 0 ? "" : `where ${this.printer.conditions(conditions)}`,
            netBy.length === 0 ? "" : `group by ${list(netBy)}`,
            `having sum(${name}.${changeSign}) <> 0`,
        ]
            .filter((part) => part !== "")
            .join(" ")}) as ${name}`;
    }
}

const nothing: Member["item"] = { kind: "made", columns: [], content: { kind: "function", node: {} } };

function localConditions(source: Source): readonly Expression[] {
    return source.kind === "changed" && source.netBy === null ? source.conditions : [];
}

function topMembers(from: Extract<Source, { kind: "current" }>["from"]): readonly Member[] {
    switch (from.kind) {
        case "member":
            return [from.member];
        case "inner":
            return from.items.flatMap((item) => topMembers(item));
        case "left":
        case "full":
            return [...topMembers(from.left), ...topMembers(from.right)];
    }
}
