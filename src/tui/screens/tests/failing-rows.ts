import { formatCount, formatQuantity } from "../../../text/format-values.js";
import { buildKeptRowsSql, type PastTestResult } from "../../../runs/test-history.js";
import type { DataTest } from "../../../warehouse/registry.js";
import type { DataTarget } from "../../kit/screen.js";

/** The rows that fail a data test now. */
function showFailingRows(test: DataTest): DataTarget {
    return {
        kind: "query",
        sql: test.failingRowsSql,
        title: `rows that fail ${test.name}`,
        trace: traceOf(test),
    };
}

/** The failing rows that a run kept; null when it kept none. */
export function showKeptRowsOrNull(test: DataTest, past: PastTestResult): DataTarget | null {
    const { runId, keptCount, failingCount, isRolledBack } = past;
    const sample =
        keptCount < failingCount
            ? `${formatCount(keptCount)} of ${formatQuantity(failingCount, "row")}`
            : formatQuantity(keptCount, "row");
    return keptCount === 0
        ? null
        : {
              kind: "query",
              sql: buildKeptRowsSql(test.name, past),
              title: `${sample} kept by run ${runId}${isRolledBack ? ", never published" : ""}`,
              trace: traceOf(test),
          };
}

/**
 * The rows that Enter on a data test shows, and the alternatives. Rows that were never published are in no model, so those that
 * the run kept come first.
 */
export function chooseFailingRows(test: DataTest, last: PastTestResult | null): readonly DataTarget[] {
    const now = showFailingRows(test);
    const kept = last?.isRolledBack === true && last.status !== "passed" ? showKeptRowsOrNull(test, last) : null;
    return kept === null ? [now] : [kept, now];
}

function traceOf({ modelName, columns }: DataTest): NonNullable<DataTarget["trace"]> {
    return { relationName: modelName, column: columns[0] ?? null };
}
