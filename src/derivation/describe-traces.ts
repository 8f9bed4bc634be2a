import { Names, QueryPrinter } from "./print-query.js";
import { columnOrNull, membersIn, type Member } from "./query.js";
import type { Trace } from "./trace.js";

/** Says in words which entities a changed row affects. */
export function describeTraces(traces: readonly Trace[], entityKey: readonly string[]): string {
    const sentences = traces.map((trace) => describeTrace(trace, entityKey.join(", ")));
    return sentences.filter((sentence, place) => sentences.indexOf(sentence) === place).join(" ");
}

function describeTrace(trace: Trace, entity: string): string {
    const [first, ...others] = trace.sources;
    const isOwn =
        others.length === 0 &&
        trace.outputs.every((output) => {
            const use = columnOrNull(output);
            return use === null || (first?.kind === "changed" && use.member === first.member.memberId);
        });
    const partners = others.flatMap((source) =>
        source.kind === "current" ? membersIn(source.from).map((member) => nameOf(member)) : ["what it affects"],
    );
    if (isOwn || partners.length === 0) {
        const what = trace.outputs
            .map((output) => columnOrNull(output)?.name ?? null)
            .filter((name) => name !== null)
            .join(", ");
        return what === "" || what === entity
            ? `A changed row affects its own ${entity}.`
            : `A changed row affects the ${entity} in its ${what}.`;
    }
    const cancels = trace.netBy === null ? "" : " A change that none of them sees does not count.";
    return `A changed row affects the ${entity} of the rows of ${[...new Set(partners)].join(" and ")} that it joins${conditionsOf(trace)}.${cancels}`;
}

function nameOf({ item, alias }: Member): string {
    return item.kind === "relation" ? item.relation.name : alias;
}

function conditionsOf(trace: Trace): string {
    const names = new Names();
    for (const source of trace.sources) {
        const members =
            source.kind === "changed" ? [source.member] : source.kind === "current" ? membersIn(source.from) : [];
        for (const member of members) {
            names.of(member);
        }
        if (source.kind === "trace") {
            names.of({
                memberId: source.memberId,
                alias: "affected",
                item: { kind: "made", columns: [], content: { kind: "function", node: {} } },
            });
        }
    }
    const printer = new QueryPrinter(names);
    return trace.conditions.length === 0 ? "" : ` by ${printer.conditions(trace.conditions)}`;
}
