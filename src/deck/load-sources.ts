import type { Connection } from "../database/connection.js";
import { quoteQualified } from "../sql/identifiers.js";
import { makeGraph, type Graph } from "../engine/graph.js";
import { formatCount, formatQuantity } from "../text/format-values.js";
import { loadSourceAge, type SourceAge } from "../warehouse/source-freshness.js";
import { loadTestList, type ListedTest } from "../runs/test-list.js";
import { loadRegistry, type Source } from "../warehouse/registry.js";
import type { Report, ReportCell } from "./block-content.js";

/** Larger tables are not counted exactly. */
const maxCounted = 1_000_000;

/** The landing tables that models read: rows, newest record, freshness, and the faults that data tests found. */
export async function loadSources(connection: Connection): Promise<Report> {
    const graph = makeGraph(await loadRegistry(connection));
    const tests = await loadTestList(connection);
    const read = [...graph.sources.values()].filter(({ name }) => graph.downstreamOf(name).length > 0);
    const rows: (readonly ReportCell[])[] = [];
    for (const source of read) {
        rows.push([
            { text: source.name, tone: "plain" },
            ...(await describe(connection, source)),
            describeFaults(source, graph, tests),
        ]);
    }
    const unread = graph.sources.size - read.length;
    const more =
        unread === 0
            ? ""
            : ` ${formatQuantity(unread, "more is", "more are")} declared and answer${unread === 1 ? "s" : ""} no question yet.`;
    return {
        headline: {
            text: `${formatQuantity(read.length, "landing table")} of the daily extract, read only.${more}`,
            tone: "plain",
        },
        columns: [
            { title: "source" },
            { title: "rows", align: "right" },
            { title: "newest" },
            { title: "freshness" },
            { title: "faults found", isFill: true },
        ],
        rows,
    };
}

async function describe(connection: Connection, source: Source): Promise<readonly ReportCell[]> {
    const age = await loadSourceAge(connection, source);
    if (age.kind !== "found") {
        const words = { missing: "not in the database", unreadable: "may not be read", differs: "not as declared" };
        return [
            { text: "", tone: "dim" },
            { text: "", tone: "dim" },
            { text: words[age.kind], tone: "failed" },
        ];
    }
    return [
        { text: await countRows(connection, source), tone: "plain" },
        { text: age.newest?.slice(0, 10) ?? "no rows", tone: "plain" },
        describeFreshness(age),
    ];
}

function describeFreshness({ freshness, ageHours }: SourceAge): ReportCell {
    if (ageHours === null || freshness === "not watched" || freshness === "demo data") {
        return { text: freshness, tone: "dim" };
    }
    const age = ageHours < 48 ? `${Math.round(ageHours)} h old` : `${formatCount(Math.round(ageHours / 24))} days old`;
    const tones = { fresh: "ok", stale: "warned", "much too old": "failed" } as const;
    return { text: freshness === "fresh" ? `fresh, ${age}` : age, tone: tones[freshness] };
}

/** The number of rows, or an estimate if counting would take long. */
async function countRows(connection: Connection, { schema, table }: Source): Promise<string> {
    const qualified = quoteQualified(schema, table);
    const { rows } = await connection.query<{ estimate: number }>(
        `select coalesce(sum(greatest(reltuples, 0)), 0)::float8 as estimate from pg_class where oid = to_regclass($1)`,
        [qualified],
    );
    const estimate = rows[0]?.estimate ?? 0;
    if (estimate > maxCounted) {
        return `≈ ${formatCount(Math.round(estimate))}`;
    }
    const counted = await connection.query<{ count: number }>(`select count(*)::float8 as count from ${qualified}`);
    return formatCount(counted.rows[0]?.count ?? 0);
}

/** What the data tests found in the tables that read the source directly or through views. */
function describeFaults({ name }: Source, graph: Graph, tests: ReadonlyMap<string, ListedTest>): ReportCell {
    const near = graph.order.filter((model) =>
        graph
            .tablesUpstreamOf(model)
            .some(({ upstreamName, upstreamKind }) => upstreamKind === "source" && upstreamName === name),
    );
    const found = near.flatMap((model) =>
        graph.models.get(model)?.materialisation === "table"
            ? graph.testsOf(model).flatMap((test) => {
                  const last = tests.get(test.name);
                  return last === undefined || last.status === "passed" ? [] : [{ test, count: last.failingCount }];
              })
            : [],
    );
    const worst = [...found].sort((one, other) => other.count - one.count)[0];
    if (worst === undefined) {
        return { text: "none", tone: "ok" };
    }
    const others = found.length === 1 ? "" : ` and ${formatQuantity(found.length - 1, "more", "more")}`;
    return {
        text: `${formatCount(worst.count)}: ${worst.test.description}${others}`.replace(/\.(?= and )/, ","),
        tone: "warned",
    };
}
