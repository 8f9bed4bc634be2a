import { StatementError } from "../../database/errors.js";
import type { ModelFile } from "../../project/project.js";
import { dropStagingTables, isCluster, loadSpreadTables, spreadSql } from "../citus.js";
import { explainEach, type Checking } from "./check-models.js";
import { relationOf, selectRelationOf } from "./model-sql.js";
import { describeStatementError, problemInSelect } from "./problems.js";
import { quoteQualified } from "../../sql/identifiers.js";

/** On a cluster, drops staging tables of builds that would block changes of tables; returns whether this is a cluster. */
export async function clearForSpreading({ database }: Pick<Checking, "database">): Promise<boolean> {
    const isOnCluster = await isCluster(database);
    if (isOnCluster) {
        await dropStagingTables(database);
    }
    return isOnCluster;
}

/**
 * Distributes the tables of models over the servers of a cluster as their files say, by default as copies. It then lets Citus plan
 * each SELECT, so that `plan` reports what Citus cannot do, not a build.
 */
export async function spreadModels(
    checking: Checking,
    models: readonly ModelFile[],
    selectSchema: string,
): Promise<void> {
    const { database, definitions, places, problems } = checking;
    const known = new Map((await loadSpreadTables(database)).map((table) => [`${table.schema}.${table.name}`, table]));
    for (const model of models.filter(({ materialisation }) => materialisation === "table")) {
        const wanted = model.distribution ?? "reference";
        const statements = spreadSql(relationOf(model), wanted, known.get(`${model.schema}.${model.name}`) ?? null);
        await database.query("savepoint spreading");
        try {
            for (const statement of statements) {
                await database.query(statement);
            }
            await database.query("release savepoint spreading");
        } catch (error) {
            if (!(error instanceof StatementError)) {
                throw error;
            }
            await database.query("rollback to savepoint spreading");
            const { message, hint } = describeStatementError(error);
            const how = wanted === "reference" ? "copied to every server" : `spread by ${wanted.column}`;
            problems.push(
                places.definition(model, ["distribution"], `"${model.name}" cannot be ${how}: ${message}`, hint),
            );
        }
    }
    await explainEach(
        database,
        models.map((model) => {
            const { schema, name } = selectRelationOf(model, selectSchema);
            return { sql: `select * from ${quoteQualified(schema, name)}`, of: model };
        }),
        (model, { message, hint }) => {
            problems.push(
                problemInSelect(
                    model,
                    definitions.sourceSchema,
                    null,
                    `Citus cannot run the SELECT of "${model.name}" over tables that are spread: ${message}`,
                    [
                        ...(hint === null ? [] : [hint]),
                        "Join spread tables by the columns that they are spread by, let what is small be a reference table, or make a step of it a table of its own.",
                    ].join("\n"),
                ),
            );
        },
    );
}
