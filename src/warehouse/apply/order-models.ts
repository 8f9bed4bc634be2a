import type { FileProblem } from "../../project/problem.js";
import type { ModelFile } from "../../project/project.js";
import { quoteLiteral } from "../../sql/identifiers.js";
import { didYouMean } from "../../text/nearest-name.js";
import type { ModelEdge } from "../lineage.js";
import type { Queryable } from "../queryable.js";
import { bindSourceSchema, type Changes, type Definitions } from "./definitions.js";
import { problemInSelect } from "./problems.js";
import { readSelect, type Mention, type ReadSelect } from "./read-select.js";

export interface OrderedModels {
    /** All models, each after those that it reads. */
    readonly order: readonly ModelFile[];
    /** The relations and functions that each parsed SELECT names, by model. */
    readonly selects: ReadonlyMap<string, ReadSelect>;
    /** Models that each model reads. */
    readonly upstream: ReadonlyMap<string, ReadonlySet<string>>;
    readonly failed: ReadonlySet<string>;
    readonly problems: readonly FileProblem[];
}

/**
 * Orders models so that their views can be made, by the relations that their SELECTs name.
 *
 * @param changed models whose SELECTs have to be read; what the others read is known from the catalog
 * @param changes tell what became of a model that a SELECT names and that is no more
 */
export async function orderModels(
    database: Queryable,
    definitions: Definitions,
    changed: ReadonlySet<string>,
    edges: readonly ModelEdge[],
    changes: Changes,
): Promise<OrderedModels> {
    const { models, sourceSchema } = definitions;
    const problems: FileProblem[] = [];
    const failed = new Set<string>();
    const selects = new Map<string, ReadSelect>();
    const upstream = new Map<string, Set<string>>(models.map(({ name }) => [name, new Set()]));
    for (const { modelName, upstreamName, upstreamKind } of edges) {
        if (upstreamKind === "model" && !changed.has(modelName)) {
            upstream.get(modelName)?.add(upstreamName);
        }
    }
    const relations = new Map<string, { readonly model: string | null }>();
    for (const { table, schema } of definitions.sources) {
        relations.set(`${schema ?? sourceSchema}.${table}`, { model: null });
    }
    for (const { name, schema } of models) {
        relations.set(`${schema}.${name}`, { model: name });
    }
    const mentions = new Map<string, Mention>();
    const unknown: { readonly model: ModelFile; readonly mention: Mention }[] = [];
    for (const model of models.filter(({ name }) => changed.has(name))) {
        const read = await readSelect(bindSourceSchema(model.select, sourceSchema));
        if (read.kind === "unreadable") {
            problems.push(problemInSelect(model, sourceSchema, read.position, read.message));
            failed.add(model.name);
            continue;
        }
        selects.set(model.name, read);
        for (const mention of read.relations) {
            const found = relations.get(`${mention.schema}.${mention.name}`);
            if (found === undefined) {
                if (mention.schema !== "pg_catalog" && mention.schema !== "information_schema") {
                    unknown.push({ model, mention });
                }
            } else if (found.model !== null) {
                upstream.get(model.name)?.add(found.model);
                mentions.set(`${model.name} ${found.model}`, mention);
            }
        }
    }
    for (const { model, mention } of unknown) {
        failed.add(model.name);
        problems.push(
            describeGoneOrNull(model, mention, changes, sourceSchema) ??
                (await describeUnknown(database, model, mention, [...relations.keys()], sourceSchema)),
        );
    }
    const { order, cycles } = sort(models, upstream);
    for (const cycle of cycles) {
        const [first = "", second = ""] = cycle;
        const model = models.find(({ name }) => name === first);
        const mention = mentions.get(`${first} ${second}`);
        if (model !== undefined) {
            problems.push(
                problemInSelect(
                    model,
                    sourceSchema,
                    mention?.position ?? null,
                    `The models read each other in a circle: ${cycle.join(" → ")}.`,
                    "Move what both need into a model of its own.",
                ),
            );
        }
        cycle.forEach((name) => failed.add(name));
    }
    return { order, selects, upstream, failed, problems };
}

/** A model that was there until now, and is removed, renamed or moved by the same change. */
function describeGoneOrNull(
    model: ModelFile,
    { schema, name, position }: Mention,
    { models }: Changes,
    sourceSchema: string,
): FileProblem | null {
    const gone = models.find(({ before }) => before?.schema === schema && before.name === name);
    const { before, after } = gone ?? { before: null, after: null };
    if (before === null) {
        return null;
    }
    const place = `${before.schema}.${before.name}`;
    return after === null
        ? problemInSelect(
              model,
              sourceSchema,
              position,
              `It reads ${place}, whose file ${before.selectPath} was removed.`,
              `Bring that file back, or take ${place} out of this SELECT.`,
          )
        : problemInSelect(
              model,
              sourceSchema,
              position,
              `It reads ${place}, which is ${after.schema}.${after.name} now.`,
              `Write ${after.schema}.${after.name} here.`,
          );
}

async function describeUnknown(
    database: Queryable,
    model: ModelFile,
    { schema, name, position }: Mention,
    known: readonly string[],
    sourceSchema: string,
): Promise<FileProblem> {
    const { rowCount } = await database.query(
        `select from pg_class
        join pg_namespace on pg_namespace.oid = relnamespace
        where nspname = ${quoteLiteral(schema ?? "")} and relname = ${quoteLiteral(name)} and relkind in ('r', 'v', 'm', 'p', 'f')
            and not exists (select from ops.model where (schema_name, model_name) = (nspname, relname))`,
    );
    const given = `${schema}.${name}`;
    return rowCount > 0
        ? problemInSelect(
              model,
              sourceSchema,
              position,
              `It reads ${given}, which is neither a model nor a declared source.`,
              "Declare it in migrations/sources, so that builds know what it depends on.",
          )
        : problemInSelect(
              model,
              sourceSchema,
              position,
              `There is no ${given}, neither as a model nor as a source.`,
              didYouMean(given, known, "Correct the name, or declare it in migrations/sources."),
          );
}

function sort(
    models: readonly ModelFile[],
    upstream: ReadonlyMap<string, ReadonlySet<string>>,
): { readonly order: readonly ModelFile[]; readonly cycles: readonly (readonly string[])[] } {
    const byName = new Map(models.map((model) => [model.name, model]));
    const order: ModelFile[] = [];
    const cycles: (readonly string[])[] = [];
    const state = new Map<string, "open" | "done">();
    const path: string[] = [];
    const visit = (model: ModelFile): void => {
        if (state.get(model.name) === "done") {
            return;
        }
        if (state.get(model.name) === "open") {
            cycles.push([...path.slice(path.indexOf(model.name)), model.name]);
            return;
        }
        state.set(model.name, "open");
        path.push(model.name);
        for (const name of upstream.get(model.name) ?? []) {
            const next = byName.get(name);
            if (next !== undefined) {
                visit(next);
            }
        }
        path.pop();
        state.set(model.name, "done");
        order.push(model);
    };
    models.forEach(visit);
    return { order, cycles };
}
