import type { Connection, Field } from "../database/connection.js";
import type { Database } from "../database/database.js";
import { statementSettings } from "../database/session-settings.js";
import { statementHint } from "./given-sql.js";
import { checkStatement } from "./check-given-sql.js";
import { inBrackets, placeInText } from "./from-sql.js";
import { loadTypes } from "./load-types.js";
import { uniqueNames } from "../text/unique-names.js";
import type { BrowseColumn, ReadOptions, Relation } from "./relation.js";

/**
 * Opens the result of one SELECT (or WITH, VALUES, TABLE) as a relation, without reading its rows.
 *
 * @throws StatementError with a position in the given `sql`, also when it is not one reading statement.
 */
export async function openQuery(database: Database, sql: string, options: ReadOptions): Promise<Relation> {
    const statement = checkStatement(sql);
    try {
        const fields = await database.withReadOnlyTransaction(
            (connection) => describeStatement(connection, statement),
            { ...options, roleSettings: statementSettings, isGuarded: true },
        );
        const columns = await database.withReadOnlyTransaction(
            (connection) => describeFields(connection, fields),
            options,
        );
        return {
            kind: "query",
            source: { from: "query", sql: statement },
            comment: null,
            columns,
            primaryKey: null,
            identity: { by: "position" },
            indexes: [],
            estimatedRows: null,
            blocks: 0,
        };
    } catch (error) {
        throw placeInText(error, statement, statementHint);
    }
}

async function describeStatement(connection: Connection, sql: string): Promise<readonly Field[]> {
    // The parameter makes pg use the extended protocol, which refuses a text of several statements.
    const { fields } = await connection.queryText(
        `select * from ${inBrackets(sql)} as "result" where $1::boolean limit 0`,
        ["true"],
        { isLast: true },
    );
    return fields;
}

async function describeFields(connection: Connection, fields: readonly Field[]): Promise<readonly BrowseColumn[]> {
    const types = await loadTypes(
        connection,
        fields.map(({ typeId }) => typeId),
    );
    const names = uniqueNames(fields);
    return fields.map(({ typeId }, index) => {
        const castType = types.get(typeId)?.castType ?? "text";
        return {
            name: names[index] ?? "",
            typeId,
            typeName: castType,
            castType,
            comment: null,
            isKey: false,
            isNullable: true,
            isIndexed: false,
            unsortableReason: types.get(typeId)?.unsortableReason ?? null,
            operatorSchema: types.get(typeId)?.operatorSchema ?? "pg_catalog",
        };
    });
}
