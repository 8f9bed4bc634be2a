import type { Connection } from "../connection.js";
import { harmfulWords } from "./harmless-functions.js";
import { loadDefinitionCalls, loadDefinitionIds, type ImplicitCall } from "./load-definitions.js";
import { loadSuspectFunctions, type SuspectFunction } from "./load-functions.js";
import { listMentions, listWords, uniteMentions, UnreadableSqlError, type Mentions } from "./mentions.js";

/** A function that may do more than read, and how SQL comes to call it. */
export interface SideEffect {
    /** `pg_terminate_backend` */
    readonly functionTitle: string;
    /** What it does, where its definition tells. */
    readonly statement: string | null;
    /** The name or operator in the SQL that leads to it; null for none in particular. */
    readonly root: string | null;
}

/** Looks for a function that SQL may call and that may do what READ ONLY does not stop. */
export type FindSideEffect = (connection: Connection, sql: string) => Promise<SideEffect | null>;

/**
 * Judges by the functions that the SQL names, PostgreSQL's own and those that cannot be looked into: for those who own what else they call.
 *
 * @param opaque what `loadOpaqueSuspects` has found lately
 * @throws UnreadableSqlError
 */
export function findNamedSideEffect(sql: string, opaque: readonly SuspectFunction[]): SideEffect | null {
    const { calls } = listMentions(sql);
    const suspect = opaque.find(({ name }) => calls.has(name));
    return suspect === undefined ? null : { functionTitle: suspect.title, statement: null, root: suspect.name };
}

/**
 * Judges by all that the SQL may call: through views, policies, domains, operators, aggregates, casts, and functions in SQL and
 * PL/pgSQL, which are judged by what they say and not by what they are declared to be.
 *
 * @param loadImplicit gives what `loadImplicitCalls` has found lately
 * @throws UnreadableSqlError
 */
export async function findAnySideEffect(
    connection: Connection,
    sql: string,
    loadImplicit: () => Promise<readonly ImplicitCall[]>,
): Promise<SideEffect | null> {
    const seen = new Set<number>();
    let step = [{ mentions: listMentions(sql), root: undefined as string | null | undefined }];
    while (step.length > 0) {
        const mentions = uniteMentions(step.map((each) => each.mentions));
        // The definitions of one step are looked at together: which of several leads to a function is not told.
        const from = step.length === 1 ? step[0]?.root : null;
        const suspects = await loadSuspects(connection, mentions, await loadImplicit());
        const fresh = suspects.filter(({ id }) => !seen.has(id));
        step = [];
        for (const suspect of fresh) {
            seen.add(suspect.id);
            const root = from === undefined ? suspect.root : from;
            const judged = judge(suspect);
            if (judged.kind === "effect") {
                return { functionTitle: suspect.title, statement: judged.statement, root };
            }
            step.push({ mentions: judged.mentions, root });
        }
    }
    return null;
}

/** Operators that SQL calls by keywords: LIKE, IN, BETWEEN, ORDER BY, … */
const impliedOperators = ["~~", "!~~", "~~*", "!~~*", "~", "!~", "=", "<>", "<", ">", "<=", ">="];

async function loadSuspects(
    connection: Connection,
    { names, calls, attributes, operators }: Mentions,
    implicit: readonly ImplicitCall[],
): Promise<readonly (SuspectFunction & { readonly root: string | null })[]> {
    const signs = [...operators, ...impliedOperators];
    const roots = new Map<number, string | null>();
    for (const call of implicit) {
        const { operator } = call;
        const name = call.names.find((each) => names.has(each));
        if (operator !== null && signs.some((each) => each.includes(operator))) {
            roots.set(call.functionId, operator);
        } else if (operator === null && (name !== undefined || call.names.length === 0)) {
            roots.set(call.functionId, name ?? null);
        }
    }
    const { relationIds, domainIds } = await loadDefinitionIds(connection, names);
    if (relationIds.length + domainIds.length > 0) {
        for (const { functionId, root } of await loadDefinitionCalls(connection, relationIds, domainIds)) {
            roots.set(functionId, root);
        }
    }
    const suspects = await loadSuspectFunctions(connection, { calls, attributes, ids: roots.keys() });
    return suspects.map((suspect) => ({
        ...suspect,
        root: names.has(suspect.name) ? suspect.name : (roots.get(suspect.id) ?? null),
    }));
}

type Judgement =
    | { readonly kind: "effect"; readonly statement: string | null }
    /** Only as good as what it calls. */
    | { readonly kind: "definition"; readonly mentions: Mentions };

function judge({ body }: SuspectFunction): Judgement {
    if (body === null) {
        return { kind: "effect", statement: null };
    }
    try {
        const words = listWords(body);
        const statement = harmfulWords.find((word) => words.includes(word));
        return statement === undefined
            ? { kind: "definition", mentions: listMentions(body) }
            : { kind: "effect", statement };
    } catch (error) {
        if (error instanceof UnreadableSqlError) {
            return { kind: "effect", statement: null };
        }
        throw error;
    }
}
