import { StatementError } from "../../database/errors.js";
import type { ModelFile } from "../../project/project.js";
import { dropStagingTables, isCluster, loadSpreadTables, spreadSql } from "../citus.js";
import { explainEach, type Checking } from "./check-models.js";
import { relationOf, selectRelationOf } from "./model-sql.js";
import { describeStatementError, problemInSelect } from "./problems.js";
import { quoteQualified } from "../../sql/identifiers.js";

/** What builds on a cluster have left that would keep tables from being changed; nothing elsewhere. */
export async function clearForSpreading({ database }: Pick<Checking, "database">): Promise<boolean> {
    const isOnCluster = await isCluster(database);
    if (isOnCluster) {
        await dropStagingTables(database);
    }
    return isOnCluster;
}

/**
 * Spreads the tables of models over the servers of a cluster as their files want it: as copies where these say nothing. Once all of them
 * are in place, each SELECT is planned, so that what Citus cannot do is said by the plan and not by a build.
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
