import { distance } from "fastest-levenshtein";
import { StardeckError } from "../database/errors.js";
import { reach, type Graph } from "./graph.js";

/** Facts about models from the database; loaded only if a selector needs them. */
export interface SelectionState {
    /** The last result of each model: `ok`, `error` or `skipped`. */
    readonly results: ReadonlyMap<string, string>;
    /** Models that are stale because of new landing rows, changes upstream or a failed build. */
    readonly stale: ReadonlySet<string>;
    /** Table models that were never built, or whose definition has changed since. */
    readonly modified: ReadonlySet<string>;
}

/**
 * The models that selectors name, in build order. The meanings are dbt's
 * (https://docs.getdbt.com/reference/node-selection/syntax):
 *
 * - `name`, with `*` and `?` as wildcards; `tag:x`, `layer:marts`, `result:error`, `state:stale`, `state:modified`, `source:orders` (what reads it, with `+`)
 * - `+x` with everything upstream, `x+` with everything downstream, `2+x`, `x+1` to so many steps,
 *   `@x` with everything downstream and all that those need
 * - a space (or several arguments) unites, a comma intersects
 *
 * @throws StardeckError `usage` for a selector that matches nothing, with the nearest name; for one without a name; and if no model is
 * left. Only `state:` and `result:` may select nothing, because it is normal that nothing is stale.
 */
export function selectModels(
    graph: Graph,
    select: readonly string[],
    exclude: readonly string[],
    state: SelectionState,
): readonly string[] {
    const selected = select.length === 0 ? new Set(graph.order) : unite(graph, select, state);
    const excluded = unite(graph, exclude, state);
    const chosen = graph.order.filter((name) => selected.has(name) && !excluded.has(name));
    if (chosen.length === 0 && (select.length > 0 || exclude.length > 0) && !needsState([...select, ...exclude])) {
        throw new StardeckError(`No model is selected by ${describeSelection(select, exclude)}.`, {
            code: "usage",
            hint: "A comma selects what all of its parts name, a space what any of them names.",
        });
    }
    return chosen;
}

function describeSelection(select: readonly string[], exclude: readonly string[]): string {
    return [
        ...select.map((selector) => `--select "${selector}"`),
        ...exclude.map((selector) => `--exclude "${selector}"`),
    ].join(" ");
}

/** Whether a selector needs a `SelectionState`. */
export function needsState(selectors: readonly string[]): boolean {
    return selectors.some((selector) => /(^|[\s,@+])(state|result):/.test(selector));
}

function unite(graph: Graph, selectors: readonly string[], state: SelectionState): ReadonlySet<string> {
    const union = new Set<string>();
    for (const selector of selectors.flatMap(splitSelector)) {
        const sets = selector.split(",").map((part) => selectOne(graph, part, state));
        const [first = new Set<string>(), ...others] = sets;
        for (const name of first) {
            if (others.every((set) => set.has(name))) {
                union.add(name);
            }
        }
    }
    return union;
}

/** @throws StardeckError `usage` if it contains only blanks */
function splitSelector(text: string): readonly string[] {
    const parts = text.split(/\s+/).filter((part) => part !== "");
    if (parts.length === 0) {
        throw makeNoSelector(text);
    }
    return parts;
}

function makeNoSelector(text: string): StardeckError {
    return new StardeckError(`"${text}" is not a selector.`, {
        code: "usage",
        hint: "Examples: fct_orders, +mart_weekly_discounts, dim_product+, tag:orders, layer:marts, state:stale.",
    });
}

const selectorPattern = /^(?<at>@)?(?:(?<up>\d*)\+)?(?<method>[a-z]+:)?(?<value>[^+@:]+)(?:\+(?<down>\d*))?$/;

function selectOne(graph: Graph, selector: string, state: SelectionState): ReadonlySet<string> {
    const parts = selectorPattern.exec(selector)?.groups;
    if (parts === undefined) {
        throw makeNoSelector(selector);
    }
    const { at, up, method, value = "", down } = parts;
    const names = match(graph, method?.slice(0, -1), value, selector, state);
    const upstream = (name: string): readonly string[] =>
        graph.upstreamOf(name).filter((other) => graph.models.has(other));
    const result = new Set([...names].filter((name) => graph.models.has(name)));
    const add = (more: ReadonlySet<string>): void => {
        for (const name of more) {
            result.add(name);
        }
    };
    if (up !== undefined) {
        add(reach(names, upstream, up === "" ? undefined : Number(up)));
    }
    if (down !== undefined) {
        add(reach(names, graph.downstreamOf, down === "" ? undefined : Number(down)));
    }
    if (at !== undefined) {
        add(reach(names, graph.downstreamOf));
        add(reach([...result], upstream));
    }
    return result;
}

function match(
    graph: Graph,
    method: string | undefined,
    value: string,
    selector: string,
    state: SelectionState,
): ReadonlySet<string> {
    const models = [...graph.models.values()];
    switch (method) {
        case undefined:
            return named(graph.order, value, selector, "model");
        case "tag":
            return having(models, (model) => model.tags, value, "tag");
        case "layer":
            return having(models, (model) => [model.layer], value, "layer");
        case "source":
            return named([...graph.sources.keys()], value, selector, "source");
        case "result":
            if (!["ok", "error", "skipped"].includes(value)) {
                throw new StardeckError(`"${selector}": a result is ok, error or skipped.`, { code: "usage" });
            }
            return new Set(graph.order.filter((name) => state.results.get(name) === value));
        case "state":
            if (value !== "stale" && value !== "modified") {
                throw new StardeckError(`"${selector}": a state is stale or modified.`, { code: "usage" });
            }
            return value === "stale" ? state.stale : state.modified;
        default:
            throw new StardeckError(`"${selector}" uses no known method.`, {
                code: "usage",
                hint: "Methods are tag:, layer:, source:, result: and state:.",
            });
    }
}

function named(names: readonly string[], pattern: string, selector: string, kind: string): ReadonlySet<string> {
    const found = names.filter((name) => matchesGlob(name, pattern));
    if (found.length === 0) {
        throw new StardeckError(`No ${kind} matches "${selector}".`, { code: "usage", ...nearestHint(pattern, names) });
    }
    return new Set(found);
}

/** `*` matches any characters, `?` one. Not a regular expression: with many asterisks, that could take exponential time. */
function matchesGlob(name: string, pattern: string): boolean {
    let at = 0;
    let lastStar = -1;
    let takenByStar = 0;
    for (let place = 0; place < name.length;) {
        if (pattern[at] === "*") {
            lastStar = at++;
            takenByStar = place;
        } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === name[place])) {
            at++;
            place++;
        } else if (lastStar >= 0) {
            at = lastStar + 1;
            place = ++takenByStar;
        } else {
            return false;
        }
    }
    return /^\**$/.test(pattern.slice(at));
}

function having<T extends { readonly name: string }>(
    models: readonly T[],
    valuesOf: (model: T) => readonly string[],
    value: string,
    kind: string,
): ReadonlySet<string> {
    const found = models.filter((model) => valuesOf(model).includes(value));
    if (found.length === 0) {
        const known = [...new Set(models.flatMap(valuesOf))].sort();
        throw new StardeckError(`No model has the ${kind} "${value}".`, {
            code: "usage",
            hint: known.length === 0 ? `No model has a ${kind}.` : `There are: ${known.join(", ")}.`,
        });
    }
    return new Set(found.map((model) => model.name));
}

/** “Did you mean …?” when a name is near enough to one that exists. */
function nearestHint(name: string, names: readonly string[]): { hint?: string } {
    const [nearest] = names
        .map((candidate) => ({ candidate, edits: distance(name, candidate) }))
        .sort((left, right) => left.edits - right.edits);
    return nearest !== undefined && nearest.edits <= Math.max(2, nearest.candidate.length / 3)
        ? { hint: `Did you mean ${nearest.candidate}?` }
        : { hint: "`stardeck ls` lists what there is." };
}
