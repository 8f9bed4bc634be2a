import { harmlessNames, harmlessOfExtensions, harmlessSignatures } from "./harmless-functions.js";
import type { FunctionObject } from "./load-objects.js";

const split = (names: string): readonly string[] => names.trim().split(/\s+/);

const ownNames = new Set(split(harmlessNames));
const ownSignatures = new Set(harmlessSignatures);
const ofExtensions = new Map(harmlessOfExtensions.map(([extension, names]) => [extension, new Set(split(names))]));

/** All of PostgreSQL's own functions of this name are known to do nothing but read. */
export function isHarmlessName(name: string): boolean {
    return ownNames.has(name);
}

/** One of PostgreSQL's own functions that shares its name with a harmful one. */
export function isHarmlessOverload(signature: string): boolean {
    return ownSignatures.has(signature);
}

/** One of PostgreSQL's own functions, to which an object of the database leads. */
export function isHarmlessSignature(signature: string): boolean {
    const name = signature.slice(0, signature.indexOf("("));
    return ownNames.has(name) || ownSignatures.has(signature) || isPart(signature);
}

/** What takes an `internal` value cannot be called by SQL: it is a part of an aggregate, an operator or a type. */
function isPart(signature: string): boolean {
    return /[( ]internal[,)]/.test(signature);
}

/**
 * A function in C that belongs to an extension which was looked at.
 *
 * @param signature empty where it is not known
 */
export function isHarmlessOfExtension({
    extension,
    name,
    signature,
}: Pick<FunctionObject, "extension" | "name" | "signature">): boolean {
    const names = extension === null ? undefined : ofExtensions.get(extension);
    return names !== undefined && (names.has(name) || (isPart(signature) && !partsThatRunOthers.has(name)));
}

/** Parts of Citus' own aggregates, which run whatever aggregate they are given by number. */
const partsThatRunOthers = new Set(
    split("coord_combine_agg_ffunc coord_combine_agg_sfunc worker_partial_agg_ffunc worker_partial_agg_sfunc"),
);

const constructors = new Set(
    split(`
        range_constructor2 range_constructor3 multirange_constructor0 multirange_constructor1 multirange_constructor2`),
);

/** A function that PostgreSQL makes by itself for a range type. */
export function isConstructor({ language, source }: Pick<FunctionObject, "language" | "source">): boolean {
    return language === "internal" && constructors.has(source ?? "");
}

/** Settings that a function may make for itself: none of them changes how its text is read, or who runs it. */
const harmlessSettings = new Set(
    split(`
        search_path work_mem timezone datestyle intervalstyle extra_float_digits plan_cache_mode jit statement_timeout
        lock_timeout random_page_cost seq_page_cost effective_cache_size from_collapse_limit join_collapse_limit
        max_parallel_workers_per_gather default_text_search_config bytea_output xmloption client_min_messages
        row_security geqo constraint_exclusion hash_mem_multiplier lc_time lc_numeric lc_monetary`),
);

/** The setting of a function's own that is not known to be harmless, if there is one. */
export function findHarmfulSetting(settings: readonly string[]): string | undefined {
    return settings
        .map((setting) => setting.split("=", 1)[0]?.toLowerCase() ?? "")
        .find((name) => !harmlessSettings.has(name) && !name.startsWith("enable_"));
}

/** Wrappers of foreign tables that only read: a program is another matter. */
export const harmlessWrappers: ReadonlySet<string> = new Set(["postgres_fdw_handler", "file_fdw_handler"]);
