import { quoteIdentifier } from "../sql/identifiers.js";
import type {
    DataTestDefinition,
    DataTestOptions,
    ModelDefinition,
    ProjectDefinition,
    SourceDefinition,
    UnitTestDefinition,
} from "./definitions.js";

/** What a definition defines. It is checked, because a model's file must not export a source. */
export type DefinitionKind = "config" | "model" | "source" | "test" | "unit test";

const kinds = new WeakMap<object, DefinitionKind>();

/** The kind of a value that one of the functions below made; null for any other value. */
export function definitionKindOrNull(value: unknown): DefinitionKind | null {
    return typeof value === "object" || typeof value === "function" ? (kinds.get(value ?? kinds) ?? null) : null;
}

function define<Definition extends object>(kind: DefinitionKind, definition: Definition): Definition {
    // A value that is no object is refused when the file is read, with its place.
    if (Object(definition) === definition) {
        kinds.set(definition, kind);
    }
    return definition;
}

/**
 * What `stardeck.config.ts` exports by default.
 *
 *     export default defineConfig({ name: "shop", sourceSchema: "staging" });
 */
export function defineConfig(definition: ProjectDefinition): ProjectDefinition {
    return define("config", definition);
}

/**
 * What the file beside a model's SELECT exports by default.
 *
 *     export default defineModel({
 *         columns: { order_id: "The shop's number of the order." },
 *         tests: [{ kind: "unique", columns: ["order_id"] }],
 *     });
 */
export function defineModel(definition: ModelDefinition): ModelDefinition {
    return define("model", definition);
}

/**
 * A source: a table or view that others fill and models read. A file in `migrations/sources` exports any number of them.
 *
 *     export const orders = defineSource({ name: "orders", key: "id", versionColumn: "modified_at" });
 */
export function defineSource(definition: SourceDefinition): SourceDefinition {
    return define("source", definition);
}

/**
 * A unit test of a model's SELECT, in `<model>.test.ts` beside it, which exports any number of them.
 *
 *     export const counts_paid_orders = defineUnitTest({
 *         given: { orders: [{ order_id: 1, status: "PAID" }, { order_id: 2, status: "PLACED" }] },
 *         expect: [{ paid_count: 1 }],
 *     });
 */
export function defineUnitTest(definition: UnitTestDefinition): UnitTestDefinition {
    return define("unit test", definition);
}

/** What the SELECT of a data test of the project's own is given beside its parameters. */
export interface TestSurroundings {
    /** Stands for the model that is tested: `select * from ${model} where …`. */
    readonly model: string;
    /** Writes a name as PostgreSQL reads it: `order` becomes `"order"`. */
    readonly quote: (name: string) => string;
}

/** A kind of data test of the project's own. */
export interface OwnTestDefinition<Parameters extends object> {
    /** Lower snake case: a test is called by it and its parameters, `is_positive_price`. */
    readonly name: string;
    readonly description?: string;
    /** The failing rows carry the model's entity key and depend on nothing but that entity. */
    readonly perEntity?: boolean;
    /** The SELECT of the failing rows. */
    readonly select: (parameters: Parameters, surroundings: TestSurroundings) => string;
}

/** Makes one data test of a kind, for the `tests` of a model. */
export type OwnTest<Parameters extends object> = (
    parameters: Parameters & DataTestOptions & { readonly name?: string },
) => DataTestDefinition;

/**
 * A kind of data test of the project's own, in a file of `migrations/tests`; models import it from there.
 *
 *     export const isPositive = defineTest({
 *         name: "is_positive",
 *         perEntity: true,
 *         select: ({ column }: { column: string }, { model, quote }) => `select * from ${model} where ${quote(column)} <= 0`,
 *     });
 *
 *     tests: [isPositive({ column: "price", severity: "warn" })]
 */
export function defineTest<Parameters extends object>(definition: OwnTestDefinition<Parameters>): OwnTest<Parameters> {
    return define("test", (given: Parameters & DataTestOptions & { readonly name?: string }) => {
        const {
            severity,
            maxFailures,
            warnIf,
            errorIf,
            known,
            where,
            description = definition.description,
            name,
            ...parameters
        } = given;
        return {
            kind: "singular" as const,
            name: name ?? nameOf(definition.name, parameters),
            select: definition.select(given, { model: modelPlaceholder, quote: quoteIdentifier }),
            ...(definition.perEntity === undefined ? {} : { perEntity: definition.perEntity }),
            ...(severity === undefined ? {} : { severity }),
            ...(maxFailures === undefined ? {} : { maxFailures }),
            ...(warnIf === undefined ? {} : { warnIf }),
            ...(errorIf === undefined ? {} : { errorIf }),
            ...(known === undefined ? {} : { known }),
            ...(where === undefined ? {} : { where }),
            ...(description === undefined ? {} : { description }),
        };
    });
}

/** Stands for the tested model in the SELECT of a singular test. */
export const modelPlaceholder = "{model}";

/** `is_between` with a column `price`, 0 and 100 is `is_between_price_0_100`. */
function nameOf(test: string, parameters: object): string {
    const words = Object.values(parameters).flat().map(String);
    return [test, ...words]
        .join("_")
        .toLowerCase()
        .replaceAll(/[^a-z0-9_]+/g, "_");
}
