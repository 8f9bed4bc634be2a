import type { Connection } from "../database/connection.js";
import { errorMessage, StardeckError, StatementError } from "../database/errors.js";
import { quoteIdentifier } from "../sql/identifiers.js";
import { dropDependentViews, makeViewAgain, type DroppedView } from "../warehouse/dependent-views.js";
import { rememberModelViews } from "../warehouse/model-views.js";
import { fitName } from "../warehouse/names.js";
import type { ShapeChange } from "../warehouse/table-shape.js";
import type { Target } from "./target.js";

/** A table that has its new columns, but not yet its new rows. */
export interface Reshaping {
    /** The old rows were deleted, because with another key or type they cannot be compared with the new ones. */
    readonly isEmptied: boolean;
    /** Sets NOT NULL and the primary key, and makes the dropped views again. */
    readonly finish: () => Promise<void>;
}

/**
 * Gives the table its wanted columns, in the open transaction. Readers are locked out from here until the commit, so do everything slow
 * before.
 *
 * @throws StardeckError `failed` if an object of others prevents it
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

/** Drops views that read retyped columns: PostgreSQL does not change the type of a column that a view reads. */
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
        // `merge.ts` explains nulls and duplicate keys in terms of the model.
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
 * Casts the old values, so that they can be compared with the new ones. False, with the table unchanged, if there is no such cast or if
 * it fails for a value.
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
