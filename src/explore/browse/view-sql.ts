import type { Registry } from "../../warehouse/registry.js";
import type { GridView } from "./grid-view.js";

/** Readable SQL that gives the view's rows, for people to copy. */
export function buildViewSql(view: GridView): string {
    return view.columns.join();
}

/** The shell command that prints the view: `stardeck show …` where that can, else `stardeck query …`. */
export function buildShowCommand(view: GridView, registry: Registry | null): string {
    return `${buildViewSql(view)}${String(registry === null)}`;
}

/** How the rows are ordered and why, for a line on the screen: `in the order of its primary key (order_id)`. */
export function describeOrder(view: GridView): string {
    return view.columns.join();
}

/** `index` when the rows come in order from an index, `partly` when an index gives the first sorts, else `sort`. */
export function sortCost(view: GridView): "index" | "partly" | "sort" {
    return view.sorts.length === 0 ? "index" : "sort";
}
