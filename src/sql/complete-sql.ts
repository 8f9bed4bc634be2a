import { formatIdentifier, quoteIdentifier } from "./identifiers.js";
import { functions, statementWords, types, wordsAfterValue, wordsBeforeValue } from "./completion-words.js";
import type { CatalogueRelation, Completion } from "./completion.js";
import { findPlaceOrNull, type SqlPlace } from "./find-place.js";
import type { QueryColumn } from "./query-columns.js";
import { rankCompletions, type Option } from "./rank-completions.js";

export type { CatalogueRelation, Completion };

export interface Completions {
    /** Where the word being written begins, in UTF-16 units. */
    readonly from: number;
    /** Where that word ends. */
    readonly to: number;
    /** The best candidate comes first. */
    readonly candidates: readonly Completion[];
}

/** Completions for the word at the cursor: relations, columns of the relations in the statement, keywords. */
export function completeSql(sql: string, cursor: number, catalogue: readonly CatalogueRelation[]): Completions {
    const place = findPlaceOrNull(sql, cursor, catalogue);
    if (place === null) {
        return { from: cursor, to: cursor, candidates: [] };
    }
    const { from, to, prefix, isQuoted } = place;
    const options = listOptions(place, catalogue);
    return { from, to, candidates: rankCompletions(isQuoted ? options.filter(isName) : options, prefix) };
}

function isName({ kind }: Option): boolean {
    return kind === "relation" || kind === "column";
}

function listOptions(place: SqlPlace, catalogue: readonly CatalogueRelation[]): readonly Option[] {
    const { qualifier, wantsRelation, expectation, clause, isStart } = place;
    if (qualifier.length > 0) {
        return listQualified(place, catalogue);
    }
    if (wantsRelation) {
        return listRelations(place, catalogue);
    }
    if (typeof expectation === "object") {
        return expectation.words.map(makeKeyword);
    }
    const start = isStart ? statementWords.map(makeKeyword) : [];
    switch (expectation) {
        case "new name":
            return [];
        case "type":
            return types.map((name) => ({ name, text: name, kind: "keyword", detail: "type" }));
        case "operator":
            return [...start, ...wordsAfterValue[clause].map(makeKeyword)];
        case "value":
            return clause === "start" || clause === "limit" ? start : [...listValues(place, catalogue), ...start];
    }
}

function makeKeyword(name: string): Option {
    return { name, text: name, kind: "keyword", detail: "" };
}

/** Options after a dot. */
function listQualified(place: SqlPlace, catalogue: readonly CatalogueRelation[]): readonly Option[] {
    const [first = "", second] = place.qualifier;
    const makeColumn = ({ name, typeName }: QueryColumn): Option => columnOption(name, write(name, place), typeName);
    if (second !== undefined) {
        const found = catalogue.find(({ schema, name }) => schema === first && name === second);
        return place.qualifier.length > 2 || place.wantsRelation ? [] : (found?.columns.map(makeColumn) ?? []);
    }
    const own = place.wantsRelation ? undefined : place.scopes.flat().find(({ name }) => name === first);
    if (own !== undefined) {
        return own.columns.map(makeColumn);
    }
    const inSchema = catalogue.filter(({ schema }) => schema === first);
    if (inSchema.length > 0 || place.wantsRelation) {
        return inSchema.map(({ name, kind }) => relationOption(name, write(name, place), kind));
    }
    // The FROM clause may not be written yet.
    return catalogue.find(({ name }) => name === first)?.columns.map(makeColumn) ?? [];
}

/** Options after FROM: WITH queries, tables and views, and their schemas. */
function listRelations(place: SqlPlace, catalogue: readonly CatalogueRelation[]): readonly Option[] {
    const common = place.commonTables.map(({ name }) => relationOption(name, write(name, place), "with"));
    const hidden = new Set(place.commonTables.map(({ name }) => name));
    // Relations that only builds use, such as `fct_orders__select`, come last.
    const stored = [...catalogue]
        .sort((a, b) => Number(isInternal(a)) - Number(isInternal(b)))
        .map(({ schema, name, kind, isVisible }) => {
            const text =
                isVisible && !hidden.has(name) ? write(name, place) : `${write(schema, place)}.${write(name, place)}`;
            return relationOption(name, text, isVisible ? kind : `${kind} in ${schema}`);
        });
    const schemas = [...new Set(catalogue.map(({ schema }) => schema))].map((schema): Option => ({
        name: schema,
        text: `${write(schema, place)}.`,
        kind: "schema",
        detail: "",
    }));
    const inside = place.scopes[0]?.length === 0 ? [] : [makeKeyword("lateral")];
    return [...common, ...stored, ...schemas, ...inside];
}

function isInternal({ name }: CatalogueRelation): boolean {
    return name.includes("__");
}

/** Options for a value: columns first, then names that qualify columns, functions and keywords. */
function listValues(place: SqlPlace, catalogue: readonly CatalogueRelation[]): readonly Option[] {
    const { scopes, output, prefix } = place;
    const isKnown = scopes.some((scope) => scope.length > 0);
    const own = output.map(({ name, typeName }) => columnOption(name, write(name, place), typeName));
    return [
        ...own,
        ...listColumns(place),
        // People mostly write FROM after the columns.
        ...(isKnown || prefix === "" ? [] : listUnread()),
        ...scopes.flat().flatMap(({ name }) => (name === "" ? [] : [sourceOption(name, place)])),
        ...functions.map((name): Option => ({ name, text: `${name}(`, kind: "keyword", detail: "function" })),
        ...[...(place.clause === "select" ? ["distinct"] : []), ...wordsBeforeValue].map(makeKeyword),
    ];

    function listUnread(): readonly Option[] {
        return [
            ...place.commonTables.flatMap(({ name, columns }) => columns.map((column) => optionOf(column, name))),
            ...place.commonTables.map(({ name }) => sourceOption(name, place)),
            ...catalogue.flatMap(({ schema, name, columns }) =>
                columns.map((each) => optionOf(each, `${schema}.${name}`)),
            ),
        ];
    }

    function optionOf({ name }: { readonly name: string }, source: string): Option {
        return columnOption(name, write(name, place), `of ${source}`);
    }
}

/** The columns of all items in FROM; columns that share a name are qualified. */
function listColumns(place: SqlPlace): readonly Option[] {
    const taken = new Set<string>();
    return place.scopes.flatMap((scope) => {
        const counts = new Map<string, number>();
        for (const { name } of scope.flatMap(({ columns }) => columns)) {
            counts.set(name, (counts.get(name) ?? 0) + 1);
        }
        const options = scope.flatMap((source) =>
            source.columns.map(({ name, typeName }) => {
                const isClear = (counts.get(name) === 1 && !taken.has(name)) || source.name === "";
                const text = isClear ? write(name, place) : `${write(source.name, place)}.${write(name, place)}`;
                return columnOption(name, text, typeName);
            }),
        );
        for (const name of counts.keys()) {
            taken.add(name);
        }
        return options;
    });
}

function columnOption(name: string, text: string, detail: string): Option {
    return { name, text, kind: "column", detail };
}

/** A name that qualifies columns, with its dot. */
function sourceOption(name: string, place: SqlPlace): Option {
    return { name, text: `${write(name, place)}.`, kind: "relation", detail: "" };
}

function relationOption(name: string, text: string, detail: string): Option {
    return { name, text, kind: "relation", detail };
}

function write(name: string, { isQuoted }: SqlPlace): string {
    return isQuoted ? quoteIdentifier(name) : formatIdentifier(name);
}
