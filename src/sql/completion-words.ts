import { reservedWords } from "./keywords.js";
import type { Clause } from "./parse-query.js";
import { isSymbol, wordAt, type SqlItem } from "./sql-frames.js";

/** The kind of word that the grammar allows at the cursor, judged by the text before it in the same brackets. */
export type Expectation =
    /** A value: a column, a function, `case`. */
    | "value"
    /** After a value: a word that continues the expression, or the next clause. */
    | "operator"
    /** A name that the writer invents, such as an alias: nothing to offer. */
    | "new name"
    | "type"
    /** The second word of a keyword. */
    | { readonly words: readonly string[] };

const seconds: Readonly<Record<string, readonly string[]>> = {
    order: ["by"],
    group: ["by"],
    partition: ["by"],
    left: ["join"],
    right: ["join"],
    full: ["join"],
    inner: ["join"],
    cross: ["join"],
    natural: ["join"],
    outer: ["join"],
    is: ["null", "not null", "true", "false", "distinct from", "not distinct from"],
    nulls: ["first", "last"],
    within: ["group"],
};

/** Keywords that are a value or end one. */
const values = new Set(
    "null true false current_date current_timestamp current_time current_user localtimestamp end asc desc first last".split(
        " ",
    ),
);

export function expectationOf(items: readonly SqlItem[], at: number, clause: Clause): Expectation {
    const previous = items[at - 1];
    if (previous === undefined) {
        return "value";
    }
    const word = wordAt(items, at - 1);
    if (isSymbol(previous, ":") && isSymbol(items[at - 2], ":")) {
        return "type";
    }
    if (word === "as") {
        return "new name";
    }
    if (word === "not" && wordAt(items, at - 2) === "is") {
        return { words: ["null", "true", "false", "distinct from"] };
    }
    if (Object.hasOwn(seconds, word) && !isValue(items, at - 1)) {
        return { words: seconds[word] ?? [] };
    }
    if (isSymbol(previous, "*")) {
        return isStarOfAll(items, at - 1) ? "operator" : "value";
    }
    if (clause === "limit" && /^(limit|offset|fetch)$/.test(word)) {
        return "new name";
    }
    if (previous.kind === "word") {
        return reservedWords.has(word) && !values.has(word) ? "value" : /^(by|when)$/.test(word) ? "value" : "operator";
    }
    return previous.kind === "symbol" ? "value" : "operator";
}

/** `left(` is a function, not the keyword of a join. */
function isValue(items: readonly SqlItem[], at: number): boolean {
    return items[at + 1]?.kind === "frame";
}

/** The star of `select *`, `x.*` and `, *` means all columns; any other star multiplies. */
function isStarOfAll(items: readonly SqlItem[], at: number): boolean {
    return (
        isSymbol(items[at - 1], ",") ||
        isSymbol(items[at - 1], ".") ||
        /^(select|distinct|all)$/.test(wordAt(items, at - 1))
    );
}

const condition = "and,or,is,is not null,is null,not in,in,between,like,ilike,is distinct from".split(",");
const combined = "union all,union,except,intersect".split(",");
const joins = "join,left join,inner join,full join,cross join".split(",");

/** Words that can follow a value, the likeliest first. */
export const wordsAfterValue: Readonly<Record<Clause, readonly string[]>> = {
    start: [],
    select: ["from", "as", ...condition, "over", "filter", "when", "then", "else", "end", ...combined],
    from: ["where", ...joins, "on", "using", "as", "group by", "order by", "limit", "having", ...combined],
    on: [...condition, ...joins, "where", "group by", "order by", "limit", "when", "then", "else", "end", ...combined],
    using: [...joins, "where", "group by", "order by", "limit", ...combined],
    where: [...condition, "group by", "order by", "limit", "when", "then", "else", "end", ...combined],
    "group by": ["order by", "having", "limit", ...combined],
    having: [...condition, "order by", "limit", "when", "then", "else", "end", ...combined],
    window: ["order by", "partition by", "limit"],
    "order by": ["desc", "asc", "nulls last", "nulls first", "limit", "offset"],
    limit: ["offset"],
    brackets: [...condition, "as", "order by", "partition by", "desc", "asc", "when", "then", "else", "end"],
};

/** Words that can begin a value, besides the names of columns. */
export const wordsBeforeValue = "case,not,exists,null,true,false,interval,current_date".split(",");

export const functions = (
    "count,sum,avg,min,max,coalesce,round,date_trunc,extract,nullif,greatest,least,lower,upper,length,substring,replace," +
    "trim,left,right,abs,floor,ceil,now,to_char,to_date,date_part,age,string_agg,array_agg,json_agg,row_number,rank,lag,lead," +
    "first_value,last_value,percentile_cont,generate_series,unnest,split_part,concat,regexp_replace"
).split(",");

export const types =
    "text,integer,numeric,date,timestamp,timestamptz,boolean,bigint,double precision,interval,jsonb,json,uuid,time,real,smallint".split(
        ",",
    );

export const statementWords = ["select", "with", "values", "table"];
