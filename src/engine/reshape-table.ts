import type { Connection } from "../database/connection.js";
import { errorMessage, StardeckError, StatementError } from "../database/errors.js";
import { quoteIdentifier } from "../sql/identifiers.js";
import { dropDependentViews, makeViewAgain, type DroppedView } from "../warehouse/dependent-views.js";
import { rememberModelViews } from "../warehouse/model-views.js";
import { fitName } from "../warehouse/names.js";
import type { ShapeChange } from "../warehouse/table-shape.js";
import type { Target } from "./target.js";

/** A table that has its new columns, and waits for its new rows. */
export interface Reshaping {
    /** The old rows are gone: under another key, or another type, they cannot be compared with the new ones. */
    readonly isEmptied: boolean;
    /** Sets what refuses null, the primary key, and the views that were in the way. */
    readonly finish: () => Promise<void>;
}

/**
 * Gives the table its wanted columns, in the open transaction. Readers wait from here on until it ends, so that everything slow is to
 * be done before.
 *
 * @throws StardeckError `failed` where something that others made is in the way
 */
export async function beginReshaping(connection: Connection, target: Target, shape: ShapeChange): Promise<Reshaping> {
    const { model } = target;
    const key = fitName([model.name, ...model.primaryKey].join("_"), "_pk");
    const views = await dropViewsInTheWay(connection, target, shape);
    let isEmptied = shape.primaryKey !== null;
    if (shape.primaryKey !== null) {
        await empty(connection, target);
        const { oldName } = shape.primaryKey;
        await alter(connection, target, oldName === null ? [] : [`drop constraint ${quoteIdentifier(oldName)}`]);
    }
    await alter(connection, target, [
        ...shape.dropped.map((name) => `drop column ${quoteIdentifier(name)}`),
        ...shape.nullable.map((name) => `alter column ${quoteIdentifier(name)} drop not null`),
        ...shape.added.map(({ name, type }) => `add column ${quoteIdentifier(name)} ${type}`),
    ]);
    for (const { name, type, notNull } of shape.retyped) {
        const column = quoteIdentifier(name);
        const change = `alter column ${column} type ${type} using`;
        const isCast = !isEmptied && (await triesCast(connection, target, `${change} ${column}::${type}`));
        if (!isCast) {
            if (notNull && !isEmptied) {
                await empty(connection, target);
                isEmptied = true;
            }
            await alter(connection, target, [`${change} null::${type}`]);
        }
    }
    return {
        isEmptied,
        finish: async () => {
            await alter(connection, target, [
                ...shape.notNull.map((name) => `alter column ${quoteIdentifier(name)} set not null`),
                ...(shape.primaryKey === null
                    ? []
                    : [`add constraint ${quoteIdentifier(key)} primary key (${target.primaryKey.join(", ")})`]),
            ]);
            await makeViewsAgain(connection, model.name, views);
        },
    };
}

async function empty(connection: Connection, { relation }: Target): Promise<void> {
    await connection.query(`delete from ${relation}`);
}

/** A view keeps PostgreSQL from changing the type of a column that it reads. */
function dropViewsInTheWay(
    connection: Connection,
    { model }: Target,
    { retyped }: ShapeChange,
): Promise<readonly DroppedView[]> {
    return retyped.length === 0
        ? Promise.resolve([])
        : dropDependentViews(
              connection,
              model,
              retyped.map(({ name }) => name),
          );
}

async function makeViewsAgain(connection: Connection, modelName: string, views: readonly DroppedView[]): Promise<void> {
    if (views.length === 0) {
        return;
    }
    for (const view of views) {
        try {
            await makeViewAgain(connection, view);
        } catch (error) {
            throw new StardeckError(
                `${modelName} cannot change its types: ${view.schema}.${view.name} reads it and cannot be made again: ${errorMessage(error)}.`,
                { code: "failed", hint: "Correct its SELECT; what was published before is kept.", cause: error },
            );
        }
    }
    await rememberModelViews(connection);
}

async function alter(connection: Connection, { relation, model }: Target, actions: readonly string[]): Promise<void> {
    if (actions.length === 0) {
        return;
    }
    try {
        await connection.query(`alter table ${relation} ${actions.join(", ")}`);
    } catch (error) {
        // Nulls and doubled keys are said in the model's own words.
        const isOfRows = error instanceof StatementError && error.sqlState.startsWith("23");
        if (!(error instanceof StatementError) || isOfRows) {
            throw error;
        }
        throw new StardeckError(`${model.name} cannot be given its new columns: ${error.message}.`, {
            code: "failed",
            hint: "What was published before is kept.",
            cause: error,
        });
    }
}

/**
 * Casts the old values, so that the rows that differ can be told. False where there is no such cast, or a value for which it fails:
 * the table is as it was then.
 */
async function triesCast(connection: Connection, target: Target, action: string): Promise<boolean> {
    await connection.query("savepoint conversion");
    try {
        await connection.query(`alter table ${target.relation} ${action}`);
        await connection.query("release savepoint conversion");
        return true;
    } catch (error) {
        if (!(error instanceof StatementError) || !(error.sqlState.startsWith("22") || error.sqlState === "42846")) {
            throw error;
        }
        await connection.query("rollback to savepoint conversion");
        return false;
    }
}
