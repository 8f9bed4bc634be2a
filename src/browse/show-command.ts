import type { Registry } from "../warehouse/registry.js";
import { listRelations } from "./find-relation.js";
import type { GridView } from "./grid-view.js";
import { buildViewSql, formatConditions } from "./view-sql.js";

/** The shell command that prints the view's rows: `stardeck show …` if possible, else `stardeck query …`. */
export function buildShowCommand(view: GridView, registry: Registry | null): string {
    return buildShowOrNull(view, registry) ?? buildQueryCommand(buildViewSql(view));
}

function buildQueryCommand(sql: string): string {
    // A comment at the beginning would be read as a flag.
    return `stardeck query ${sql.startsWith("-") ? "-- " : ""}${quoteArgument(sql)}`;
}

/** `show` supports only models and sources, and only the order of a model's primary key. */
function buildShowOrNull(view: GridView, registry: Registry | null): string | null {
    const { relation, sorts, columns } = view;
    const { source, identity } = relation;
    if (source.from === "query" || registry === null || sorts.length > 0 || columns.length === 0) {
        return null;
    }
    const name = `${source.schema}.${source.name}`;
    const found = listRelations(registry).find((each) => each.schema === source.schema && each.name === source.name);
    const isInOrder = identity.by !== "key" || JSON.stringify(found?.primaryKey) === JSON.stringify(identity.columns);
    const isAll =
        relation.columns.length === columns.length && relation.columns.every((each, at) => each.name === columns[at]);
    if (found === undefined || !isInOrder || !isPlainWord(name) || !(isAll || columns.every(isPlainWord))) {
        return null;
    }
    const conditions = formatConditions(view);
    return [
        `stardeck show ${quoteArgument(name)}`,
        ...(isAll ? [] : [`--columns ${quoteArgument(columns.join(","))}`]),
        ...(conditions.length === 0 ? [] : [`--where ${quoteArgument(conditions.join(" and "))}`]),
        "--limit 0",
    ].join(" ");
}

/** True for a word that the command line cannot take for a flag or for several names. */
function isPlainWord(text: string): boolean {
    return /^[^-\s,][^\s,]*$/.test(text);
}

/** Quotes a word for a POSIX shell. */
export function quoteArgument(text: string): string {
    return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
