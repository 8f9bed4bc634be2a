import { harmlessNames, harmlessOfExtensions, harmlessSignatures } from "./harmless-functions.js";
import type { FunctionObject } from "./load-objects.js";

const split = (names: string): readonly string[] => names.trim().split(/\s+/);

const ownNames = new Set(split(harmlessNames));
const ownSignatures = new Set(harmlessSignatures);
const ofExtensions = new Map(harmlessOfExtensions.map(([extension, names]) => [extension, new Set(split(names))]));

/** Whether all of PostgreSQL's own functions of this name are known to only read. */
export function isHarmlessName(name: string): boolean {
    return ownNames.has(name);
}

/** Whether a function of PostgreSQL only reads although it shares its name with a harmful one. */
export function isHarmlessOverload(signature: string): boolean {
    return ownSignatures.has(signature);
}

/** Whether a function of PostgreSQL that an object of the database leads to only reads. */
export function isHarmlessSignature(signature: string): boolean {
    const name = signature.slice(0, signature.indexOf("("));
    return ownNames.has(name) || ownSignatures.has(signature) || isPart(signature);
}

/** A function with an `internal` argument cannot be called by SQL: it is a part of an aggregate, an operator or a type. */
function isPart(signature: string): boolean {
    return /[( ]internal[,)]/.test(signature);
}

/**
 * Whether a function in C of an extension is known to only read.
 *
 * @param signature empty if not known
 */
export function isHarmlessOfExtension({
    extension,
    name,
    signature,
}: Pick<FunctionObject, "extension" | "name" | "signature">): boolean {
    const names = extension === null ? undefined : ofExtensions.get(extension);
    return names !== undefined && (names.has(name) || (isPart(signature) && !partsThatRunOthers.has(name)));
}

/** Parts of Citus' own aggregates, which run any aggregate whose object id they are given. */
const partsThatRunOthers = new Set(
    split("coord_combine_agg_ffunc coord_combine_agg_sfunc worker_partial_agg_ffunc worker_partial_agg_sfunc"),
);

const constructors = new Set(
    split(`
        range_constructor2 range_constructor3 multirange_constructor0 multirange_constructor1 multirange_constructor2`),
);

/** Whether PostgreSQL has made a function automatically for a range type. */
export function isConstructor({ language, source }: Pick<FunctionObject, "language" | "source">): boolean {
    return language === "internal" && constructors.has(source ?? "");
}

/** Settings that a function may change for itself: none of them affects how its body is parsed, or which role runs it. */
const harmlessSettings = new Set(
    split(`
        search_path work_mem timezone datestyle intervalstyle extra_float_digits plan_cache_mode jit statement_timeout
        lock_timeout random_page_cost seq_page_cost effective_cache_size from_collapse_limit join_collapse_limit
        max_parallel_workers_per_gather default_text_search_config bytea_output xmloption client_min_messages
        row_security geqo constraint_exclusion hash_mem_multiplier lc_time lc_numeric lc_monetary`),
);

/** The first setting of a function that is not known to be harmless. */
export function findHarmfulSetting(settings: readonly string[]): string | undefined {
    return settings
        .map((setting) => setting.split("=", 1)[0]?.toLowerCase() ?? "")
        .find((name) => !harmlessSettings.has(name) && !name.startsWith("enable_"));
}

/** Handlers of foreign data wrappers that only read, unless their table runs a program. */
export const harmlessWrappers: ReadonlySet<string> = new Set(["postgres_fdw_handler", "file_fdw_handler"]);
