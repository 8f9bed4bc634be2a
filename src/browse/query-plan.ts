/** One step of PostgreSQL's plan of a statement. In `steps` it precedes the steps that it reads rows from. */
export interface PlanStep {
    /** Its depth in the tree, from 0. */
    readonly depth: number;
    /** `Hash Join`, `Seq Scan on warehouse.fct_orders` */
    readonly title: string;
    /** Names and values of its further properties: conditions, keys, blocks read. */
    readonly details: readonly (readonly [name: string, value: string])[];
    readonly estimatedRows: number;
    /** All rows it returned, summed over its loops; null when the statement was not run. */
    readonly actualRows: number | null;
    /** How often it ran; null when the statement was not run, 0 when the step was never needed. */
    readonly loops: number | null;
    /** What it takes without the steps below it: milliseconds when the statement was run, else the planner's cost. */
    readonly own: number;
    /** Its share of what all steps take, from 0 to 1. */
    readonly share: number;
}

export interface QueryPlan {
    /** The first step returns the result. */
    readonly steps: readonly PlanStep[];
    /** The index of the step that takes the most time or cost. */
    readonly costliest: number;
    readonly isAnalyzed: boolean;
    /** Milliseconds; null when the statement was not run. */
    readonly planningMs: number | null;
    readonly executionMs: number | null;
    /** The planner's cost of the whole statement. */
    readonly totalCost: number;
    /** PostgreSQL's own JSON, for other programs that show plans. */
    readonly json: string;
}

/** A step as `explain (format json)` writes it: https://www.postgresql.org/docs/current/sql-explain.html */
type PlanJson = Readonly<Record<string, unknown>> & { readonly Plans?: readonly PlanJson[] };

/** Parses the output of `explain (format json)`, and computes what each step takes by itself. */
export function parsePlan(explained: readonly Readonly<Record<string, unknown>>[]): QueryPlan {
    const [given = {}] = explained;
    const root = (given.Plan ?? {}) as PlanJson;
    const isAnalyzed = "Actual Loops" in root;
    const flat: { readonly json: PlanJson; readonly depth: number; readonly own: number }[] = [];
    const shared = isAnalyzed ? timesOfCommonTables(root) : new Map<string, number>();

    /** @param processes how many run the step at the same time, below a Gather */
    function add(json: PlanJson, depth: number, processes: number): void {
        const children = json.Plans ?? [];
        // The time of a WITH query is counted in the steps that read from it, not in its parent; its cost is counted in its parent.
        const below = children.filter((child) => !isAnalyzed || nameOfCommonTable(child) === null);
        const processesBelow = processes * (1 + (numberOrNull(json["Workers Launched"]) ?? 0));
        const takenBelow = below.reduce((sum, child) => sum + takenBy(child, isAnalyzed, processesBelow), 0);
        const takenFrom = takeTime(json, shared);
        flat.push({ json, depth, own: Math.max(0, takenBy(json, isAnalyzed, processes) - takenBelow - takenFrom) });
        children.forEach((child) => {
            add(child, depth + 1, processesBelow);
        });
    }

    add(root, 0, 1);
    const whole = flat.reduce((sum, { own }) => sum + own, 0);
    const steps = flat.map(({ json, depth, own }) => makeStep(json, depth, own, whole));
    const most = Math.max(...steps.map(({ own }) => own));
    return {
        steps,
        costliest: steps.findIndex(({ own }) => own === most),
        isAnalyzed,
        planningMs: numberOrNull(given["Planning Time"]),
        executionMs: numberOrNull(given["Execution Time"]),
        totalCost: numberOrNull(root["Total Cost"]) ?? 0,
        json: JSON.stringify(explained, null, 2),
    };
}

/** A step's milliseconds over all loops, or its cost, including the steps below it. */
function takenBy(json: PlanJson, isAnalyzed: boolean, processes = 1): number {
    // Loops are counted over all processes, which run them at the same time.
    return isAnalyzed
        ? ((numberOrNull(json["Actual Total Time"]) ?? 0) * (numberOrNull(json["Actual Loops"]) ?? 0)) / processes
        : (numberOrNull(json["Total Cost"]) ?? 0);
}

/** `recent` for the step `CTE recent`; null for any other. */
function nameOfCommonTable(json: PlanJson): string | null {
    const name = json["Subplan Name"];
    return typeof name === "string" && name.startsWith("CTE ") ? name.slice("CTE ".length) : null;
}

function timesOfCommonTables(root: PlanJson): Map<string, number> {
    const times = new Map<string, number>();
    const visit = (json: PlanJson): void => {
        const name = nameOfCommonTable(json);
        if (name !== null) {
            times.set(name, (times.get(name) ?? 0) + takenBy(json, true));
        }
        json.Plans?.forEach(visit);
    };
    visit(root);
    return times;
}

/** How much of a step's time is that of the WITH query it reads. The first step to read makes it run, so the time counts once. */
function takeTime(json: PlanJson, shared: Map<string, number>): number {
    const name = json["Node Type"] === "CTE Scan" ? String(json["CTE Name"]) : null;
    const left = name === null ? undefined : shared.get(name);
    if (name === null || left === undefined) {
        return 0;
    }
    const taken = Math.min(left, takenBy(json, true));
    shared.set(name, left - taken);
    return taken;
}

function makeStep(json: PlanJson, depth: number, own: number, whole: number): PlanStep {
    const loops = numberOrNull(json["Actual Loops"]);
    const rowsOfLoop = numberOrNull(json["Actual Rows"]);
    return {
        depth,
        title: titleOf(json),
        details: detailsOf(json),
        estimatedRows: (numberOrNull(json["Plan Rows"]) ?? 0) * Math.max(1, loops ?? 1),
        actualRows: rowsOfLoop === null ? null : Math.round(rowsOfLoop * (loops ?? 1)),
        loops,
        own,
        share: whole === 0 ? 0 : own / whole,
    };
}

function titleOf(json: PlanJson): string {
    const text = (name: string): string => {
        const value = json[name];
        return typeof value === "string" ? value : "";
    };
    const strategy = { Hashed: "Hash ", Sorted: "Group ", Mixed: "Mixed " }[text("Strategy")] ?? "";
    const partial =
        text("Partial Mode") === "Partial" ? "Partial " : text("Partial Mode") === "Finalize" ? "Final " : "";
    const kind = text("Node Type");
    const join = text("Join Type");
    const isJoin = join !== "" && join !== "Inner";
    const node =
        isJoin && kind.endsWith("Join")
            ? kind.replace(/ ?Join$/, ` ${join} Join`)
            : isJoin
              ? `${kind} (${join} Join)`
              : kind;
    const read = text("Relation Name") || text("CTE Name") || text("Function Name");
    const schema = text("Schema") === "" || text("CTE Name") !== "" ? "" : `${text("Schema")}.`;
    const alias = text("Alias") === read ? "" : ` ${text("Alias")}`;
    const subplan = text("Subplan Name");
    return [
        subplan === "" ? "" : `${subplan}: `,
        `${json["Parallel Aware"] === true ? "Parallel " : ""}${partial}${strategy}${node}`,
        text("Index Name") === "" ? "" : ` by ${text("Index Name")}`,
        read === "" ? "" : ` on ${schema}${read}${alias}`,
    ].join("");
}

/** Properties that the title, the rows and the times show already, and uninteresting ones. */
const untold = new Set(
    `Plans,Node Type,Strategy,Partial Mode,Parallel Aware,Async Capable,Join Type,Relation Name,Schema,Alias,CTE Name,Function Name,
    Index Name,Subplan Name,Parent Relationship,Startup Cost,Total Cost,Plan Rows,Plan Width,Actual Rows,Actual Loops,
    Actual Startup Time,Actual Total Time,Output,Inner Unique,Scan Direction,Disabled,Workers`.split(/,\s*/),
);

function detailsOf(json: PlanJson): readonly (readonly [string, string])[] {
    return Object.entries(json).flatMap(([name, value]) => {
        const isNothing = value === 0 || value === false || value === null;
        const text = Array.isArray(value) ? value.map(String).join(", ") : String(value);
        return untold.has(name) || isNothing || (typeof value === "object") !== Array.isArray(value)
            ? []
            : [[name, text]];
    });
}

function numberOrNull(value: unknown): number | null {
    return typeof value === "number" ? value : null;
}

/** How wrong the planner's estimate of rows was, as a factor of at least 1; null when the step was not run. */
export function misjudgedBy({ estimatedRows, actualRows, loops }: PlanStep): number | null {
    if (actualRows === null || loops === 0) {
        return null;
    }
    const [less = 1, more = 1] = [Math.max(1, estimatedRows), Math.max(1, actualRows)].sort((a, b) => a - b);
    return more / less;
}
