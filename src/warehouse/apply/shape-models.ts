import { groupBy } from "../../config/group-by.js";
import type { StatementError } from "../../database/errors.js";
import { UnreadableSqlError } from "../../database/read-only/parser.js";
import type { FileProblem } from "../../project/problem.js";
import type { ModelFile, SourceFile } from "../../project/project.js";
import { formatQualified, quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifiers.js";
import { loadViewOptions, loadViewWithDependents, type DependentView } from "../dependent-views.js";
import type { Queryable } from "../queryable.js";
import type { PlannedColumn } from "../registry.js";
import { replaceRelations } from "../unit-tests/replace-relations.js";
import {
    alterTable,
    changedIndexes,
    compareTable,
    makeIndexesBefore,
    takesReadersAlong,
    type Altering,
    type Shaping,
    type TableDifference,
} from "./alter-table.js";
import { bindSourceSchema } from "./definitions.js";
import {
    columnsOfSql,
    columnsSql,
    commentsOn,
    createTableSql,
    readersSql,
    relationOf,
    selectRelationOf,
    type ActualColumn,
} from "./model-sql.js";
import { describeStatementError, isRefusedStatement, problemInSelect } from "./problems.js";

const undefinedTable = "42P01";

/** A table that is still as it was. */
interface WaitingTable {
    readonly model: ModelFile;
    readonly before: ModelFile;
    readonly planned: readonly PlannedColumn[];
    readonly view: { readonly schema: string; readonly name: string };
    readonly difference: TableDifference;
}

/**
 * Makes the views and tables of models as their files want them, one model after those that it reads. A model that cannot be made is
 * a problem and leaves everything of it as it was.
 *
 * Whoever reads a table waits while it is altered, up to the end of the transaction: tables that are there are altered last, by
 * `alterRemainingTables`, as far as no SELECT needs them changed before.
 */
export class ModelShaper {
    readonly problems: FileProblem[] = [];
    readonly columns = new Map<string, readonly PlannedColumn[]>();
    /** Models whose tables differ from their plan until the next build. */
    readonly unfinished = new Set<string>();
    /** Existing view models whose definition has changed. */
    readonly changedViews = new Set<string>();
    private readonly dropped = new Map<string, DependentView>();
    private readonly altering: Altering;
    private readonly waiting = new Map<string, WaitingTable>();
    /** Quoted, by the names of the tables for which they stand. */
    private readonly standIns = new Map<string, string>();

    constructor(
        private readonly database: Queryable,
        private readonly shaping: Shaping,
        private readonly selectSchema: string,
    ) {
        this.altering = {
            database,
            shaping,
            unfinished: this.unfinished,
            dropReaders: this.dropReaders.bind(this),
        };
    }

    /** Whether a model's view was dropped, because of a relation that it reads, and must be made again. */
    isDropped(name: string): boolean {
        return this.dropped.has(name);
    }

    /**
     * Makes new models in one message, to save a round trip to the server for each.
     *
     * @param reads the models that they read
     * @returns false where one of them has a problem: none is made then, and each is to be tried by itself
     */
    async shapeNew(models: readonly ModelFile[], reads: Iterable<string>): Promise<boolean> {
        await this.alterTables(reads);
        const { sourceSchema } = this.shaping;
        const statements = models.flatMap((model) => {
            const view = selectRelationOf(model, this.selectSchema);
            const said = Object.entries(model.columns).map(([name, { notNull = false, description = "" }]) => ({
                name,
                type: "",
                notNull,
                description,
            }));
            return [
                `create view ${quoteQualified(view.schema, view.name)} as\n${bindSourceSchema(model.select, sourceSchema)}\n`,
                ...(model.materialisation === "table" ? createTableSql(model, said, view, "with no data") : []),
                ...commentsOn(model, said, view, false),
            ];
        });
        const relations = models.map((model) => quoteLiteral(relationOf(model)));
        const loadColumns = `select attrelid::regclass::text as relation, ${columnsOfSql}
            from unnest(array[${relations.join(", ")}]::regclass[]) as wanted (oid)
            join pg_attribute on attrelid = wanted.oid and attnum > 0 and not attisdropped
            order by attrelid, attnum`;
        const problemCount = this.problems.length;
        await this.database.query("savepoint models");
        try {
            const { rows } = await this.database.query<ActualColumn & { readonly relation: string }>(
                [...statements, loadColumns].join(";\n"),
            );
            const columns = groupBy(rows, ({ relation }) => relation);
            for (const model of models) {
                this.columns.set(
                    model.name,
                    this.plan(model, columns.get(formatQualified(model.schema, model.name)) ?? []),
                );
            }
        } catch (error) {
            if (!isRefusedStatement(error)) {
                throw error;
            }
            await this.database.query("rollback to savepoint models; release savepoint models");
            return false;
        }
        const isMade = this.problems.length === problemCount;
        this.problems.splice(problemCount);
        await this.database.query(`${isMade ? "" : "rollback to savepoint models; "}release savepoint models`);
        return isMade;
    }

    /**
     * @param reads the models that it reads
     * @returns whether it was made
     */
    async shape(model: ModelFile, before: ModelFile | null, reads: Iterable<string>): Promise<boolean> {
        await this.alterTables(reads);
        const view = selectRelationOf(model, this.selectSchema);
        await this.database.query("savepoint model");
        if (
            before?.materialisation === "table" &&
            model.materialisation === "view" &&
            !(await this.dropTable(before))
        ) {
            return this.giveUp();
        }
        const columns = await this.makeView(model, view, before !== null);
        if (columns !== null) {
            // With what its files say of columns that it has not it is refused later; until then its data tests and readers are looked at.
            const planned = this.plan(model, columns);
            if (await this.finish(withKnownColumns(model, planned), before, planned, view)) {
                this.columns.set(model.name, planned);
                this.dropped.delete(model.name);
                await this.database.query("release savepoint model");
                return true;
            }
        }
        return this.giveUp();
    }

    private async giveUp(): Promise<false> {
        await this.database.query("rollback to savepoint model; release savepoint model");
        return false;
    }

    private async finish(
        model: ModelFile,
        before: ModelFile | null,
        planned: readonly PlannedColumn[],
        view: { readonly schema: string; readonly name: string },
    ): Promise<boolean> {
        const restored = this.dropped
            .get(model.name)
            ?.statements.filter((statement) => !statement.startsWith("comment "));
        try {
            if (model.materialisation === "table" && before?.materialisation === "table") {
                const difference = await compareTable(this.altering, model, before, planned);
                const table = { model, before, planned, view, difference };
                if (this.shaping.mode === "restore") {
                    await this.alter(table);
                } else if (await takesReadersAlong(this.altering, model, difference)) {
                    await makeIndexesBefore(this.altering, model, before, difference);
                    await this.alter(table);
                } else {
                    this.waiting.set(model.name, table);
                }
                if (restored !== undefined && restored.length > 0) {
                    await this.database.query(restored.join(";\n"));
                }
                return true;
            }
            if (model.materialisation === "table") {
                await this.createTable(model, before, planned, view);
            }
            const statements = [...(restored ?? []), ...commentsOn(model, planned, view, before !== null)];
            await this.database.query(statements.join(";\n"));
            return true;
        } catch (error) {
            if (!isRefusedStatement(error)) {
                throw error;
            }
            this.complain(model, error);
            return false;
        }
    }

    private async alter({ model, before, planned, view, difference }: WaitingTable): Promise<void> {
        await alterTable(this.altering, model, before, planned, difference);
        await this.database.query(commentsOn(model, planned, view, true).join(";\n"));
    }

    /** Ends the work: alters all tables that wait for it. A plan leaves those alone that only gain columns, and makes others like them. */
    async alterRemainingTables(): Promise<void> {
        if (this.shaping.isPlan) {
            for (const { model, before, planned, difference } of this.waiting.values()) {
                if (difference.lost.length + difference.retyped.length === 0) {
                    this.waiting.delete(model.name);
                    await this.trying(model, () => this.makeStandIn(model, before, planned));
                }
            }
        }
        await this.alterTables();
    }

    /** A table without rows as the model's will be, for what is asked of it in a plan. */
    private async makeStandIn(model: ModelFile, before: ModelFile, planned: readonly PlannedColumn[]): Promise<void> {
        const table = `pg_temp.stardeck_planned_${this.standIns.size + 1}`;
        const columns = planned.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`).join(", ");
        const indexes = changedIndexes(model, before).made.map((index) => index.map(quoteIdentifier).join(", "));
        await this.database.query(
            [`create table ${table} (${columns})`, ...indexes.map((list) => `create index on ${table} (${list})`)].join(
                ";\n",
            ),
        );
        this.standIns.set(formatQualified(model.schema, model.name), table);
    }

    /** SQL that asks of the tables as they will be. */
    async onPlannedTables(sql: string): Promise<string> {
        if (this.standIns.size === 0) {
            return sql;
        }
        try {
            return await replaceRelations(
                sql,
                ({ schema, name }) => this.standIns.get(formatQualified(schema, name)) ?? null,
            );
        } catch (error) {
            if (error instanceof UnreadableSqlError) {
                // PostgreSQL says what is wrong with it.
                return sql;
            }
            throw error;
        }
    }

    /** Alters the tables that wait for it: those of some models, or all. */
    async alterTables(names: Iterable<string> = [...this.waiting.keys()]): Promise<void> {
        const tables = [...names].flatMap((name) => this.waiting.get(name) ?? []);
        for (const { model, before, difference } of tables) {
            await this.trying(model, () => makeIndexesBefore(this.altering, model, before, difference));
        }
        for (const table of tables) {
            this.waiting.delete(table.model.name);
            await this.trying(table.model, () => this.alter(table));
        }
    }

    /** Alters the tables that are named anywhere in texts in SQL. */
    async alterTablesIn(texts: readonly string[]): Promise<void> {
        const named = [...this.waiting.values()].filter(({ model }) => texts.some((text) => text.includes(model.name)));
        await this.alterTables(named.map(({ model }) => model.name));
    }

    private async trying(model: ModelFile, run: () => Promise<void>): Promise<void> {
        await this.database.query("savepoint altering");
        try {
            await run();
            await this.database.query("release savepoint altering");
        } catch (error) {
            if (!isRefusedStatement(error)) {
                throw error;
            }
            await this.database.query("rollback to savepoint altering; release savepoint altering");
            this.complain(model, error);
        }
    }

    /** Makes the view of a SELECT, and gives its columns; null for a problem. */
    private async makeView(
        model: ModelFile,
        view: { readonly schema: string; readonly name: string },
        isKnown: boolean,
    ): Promise<readonly ActualColumn[] | null> {
        const select = bindSourceSchema(model.select, this.shaping.sourceSchema);
        const options =
            this.dropped.get(model.name)?.options ?? (isKnown ? await loadViewOptions(this.database, view) : "");
        const create = `create or replace view ${quoteQualified(view.schema, view.name)} ${options} as\n`;
        const loadColumns = columnsSql(view);
        const old = isKnown && model.materialisation === "view" ? await this.loadDefinition(view) : null;
        await this.database.query("savepoint replacing");
        try {
            const { rows } = await this.database.query<ActualColumn>(`${create}${select}\n;\n${loadColumns}`);
            if (old !== null && old !== (await this.loadDefinition(view))) {
                this.changedViews.add(model.name);
            }
            return rows;
        } catch (error) {
            if (!isRefusedStatement(error)) {
                throw error;
            }
            await this.database.query("rollback to savepoint replacing");
            const hasOtherColumns = error.sqlState === "42P16" && error.position === undefined;
            if (!isKnown || !hasOtherColumns) {
                this.complain(model, error, create.length);
                return null;
            }
        }
        this.changedViews.add(model.name);
        return this.makeViewAnew(model, view, select);
    }

    /** Replaces a view by one with fewer or reordered columns, for which it must drop the view and its readers. */
    private async makeViewAnew(
        model: ModelFile,
        view: { readonly schema: string; readonly name: string },
        select: string,
    ): Promise<readonly ActualColumn[] | null> {
        const views = await loadViewWithDependents(this.database, view);
        const others = views.filter(({ modelName }) => modelName === null);
        const relation = quoteQualified(view.schema, view.name);
        try {
            if (others.length > 0) {
                return await this.appendColumns(model, view, select, others);
            }
            await this.drop(views);
            const own = views.find(({ schema, name }) => schema === view.schema && name === view.name);
            const { rows } = await this.database.query<ActualColumn>(
                `create view ${relation} ${own?.options ?? ""} as\n${select}\n;\n${columnsSql(view)}`,
            );
            return rows;
        } catch (error) {
            if (!isRefusedStatement(error)) {
                throw error;
            }
            this.complain(model, error);
            return null;
        }
    }

    /** Replaces a view that others read, if it only gains columns: PostgreSQL requires them after the old ones. */
    private async appendColumns(
        model: ModelFile,
        view: { readonly schema: string; readonly name: string },
        select: string,
        others: readonly DependentView[],
    ): Promise<readonly ActualColumn[] | null> {
        const { rows: old } = await this.database.query<ActualColumn>(columnsSql(view));
        const temporary = { schema: "pg_temp", name: "stardeck_new_view" };
        const { rows: wanted } = await this.database.query<ActualColumn>(
            `create temporary view stardeck_new_view as\n${select}\n;\n${columnsSql(temporary)}`,
        );
        await this.database.query("drop view pg_temp.stardeck_new_view");
        const lost = old.filter(
            ({ name, type }) => !wanted.some((column) => column.name === name && column.type === type),
        );
        if (lost.length > 0) {
            const names = others.map(({ kind, schema, name }) => `${kind} ${schema}.${name}`).join(", ");
            this.problems.push(
                problemInSelect(
                    model,
                    this.shaping.sourceSchema,
                    null,
                    `${view.schema}.${view.name} cannot lose or retype ${lost.map(({ name }) => name).join(", ")}: ${names} ${others.length === 1 ? "reads" : "read"} it.`,
                    "Keep the columns as they were, or drop what reads it and make that again afterwards.",
                ),
            );
            return null;
        }
        const columns = [...old, ...wanted.filter(({ name }) => !old.some((column) => column.name === name))];
        const list = columns.map(({ name }) => quoteIdentifier(name)).join(", ");
        const { rows } = await this.database.query<ActualColumn>(
            `create or replace view ${quoteQualified(view.schema, view.name)} ${await loadViewOptions(this.database, view)} as\nselect ${list} from (${select}\n) as model;\n${columnsSql(view)}`,
        );
        return rows;
    }

    private async drop(views: readonly DependentView[]): Promise<void> {
        for (const view of [...views].reverse()) {
            await this.database.query(`drop view ${quoteQualified(view.schema, view.name)}`);
            if (view.modelName !== null) {
                this.dropped.set(view.modelName, view);
            }
        }
    }

    private plan(model: ModelFile, actual: readonly ActualColumn[]): readonly PlannedColumn[] {
        const names = new Set(actual.map(({ name }) => name));
        const { places } = this.shaping;
        const list = `Its columns are ${[...names].join(", ")}.`;
        const missing = (name: string): string => `The SELECT of "${model.name}" has no column "${name}".`;
        for (const name of Object.keys(model.columns).filter((each) => !names.has(each))) {
            this.problems.push(places.definition(model, ["columns", name], missing(name), list));
        }
        if (model.materialisation === "table") {
            for (const name of model.primaryKey.filter((each) => !names.has(each))) {
                this.problems.push(places.comment(model, "Key", missing(name), list));
            }
            for (const name of model.entityKey ?? []) {
                if (!names.has(name) && !model.primaryKey.includes(name)) {
                    this.problems.push(places.comment(model, "Entity", missing(name), list));
                }
            }
            for (const [index, columns] of model.indexes.entries()) {
                for (const name of columns.filter((each) => !names.has(each))) {
                    this.problems.push(places.definition(model, ["indexes", index], missing(name), list));
                }
            }
        }
        return actual.map(({ name, type }) => ({
            name,
            type,
            notNull:
                model.materialisation === "table" &&
                (model.columns[name]?.notNull === true || model.primaryKey.includes(name)),
            description: model.columns[name]?.description ?? "",
        }));
    }

    private async createTable(
        model: ModelFile,
        before: ModelFile | null,
        planned: readonly PlannedColumn[],
        view: { readonly schema: string; readonly name: string },
    ): Promise<void> {
        if (before?.materialisation === "view") {
            await this.dropWithReaders(before, "view");
        }
        // Readers of the former view must find its rows in the table at once.
        const rows = before === null || this.shaping.mode === "rehearse" ? "with no data" : "with data";
        await this.database.query(createTableSql(model, planned, view, rows).join(";\n"));
    }

    /** Returns false and records a problem if an object of others prevents it. */
    private async dropTable(before: ModelFile): Promise<boolean> {
        const select = selectRelationOf(before, this.selectSchema);
        try {
            await this.database.query(`drop view if exists ${quoteQualified(select.schema, select.name)}`);
            await this.dropWithReaders(before, "table");
            return true;
        } catch (error) {
            if (!isRefusedStatement(error)) {
                throw error;
            }
            this.complain(before, error);
            return false;
        }
    }

    private async dropWithReaders(before: ModelFile, kind: "table" | "view"): Promise<void> {
        const views = await loadViewWithDependents(this.database, before);
        await this.drop(views.filter(({ modelName }) => modelName !== null && modelName !== before.name));
        await this.database.query(`drop ${kind} if exists ${quoteQualified(before.schema, before.name)}`);
    }

    /** Drops the models' views that read columns of a table, to be made again later; views with readers of others stay. */
    async dropReaders(
        table: { readonly schema: string; readonly name: string },
        columns: readonly { readonly name: string }[],
    ): Promise<void> {
        const { rows } = await this.database.query<{ schema: string; name: string }>(readersSql(table, columns));
        for (const reader of rows) {
            const views = await loadViewWithDependents(this.database, reader);
            if (views.every(({ modelName }) => modelName !== null)) {
                await this.drop(views);
            }
        }
    }

    private async loadDefinition({
        schema,
        name,
    }: {
        readonly schema: string;
        readonly name: string;
    }): Promise<string> {
        const relation = quoteLiteral(quoteQualified(schema, name));
        const { rows } = await this.database.query<{ definition: string | null }>(
            `select pg_get_viewdef(to_regclass(${relation})) as definition`,
        );
        return rows[0]?.definition ?? "";
    }

    /** @param before the number of characters before the SELECT in the statement */
    private complain(model: ModelFile, error: StatementError, before: number | null = null): void {
        const { message, hint } = describeStatementError(error);
        const position = before === null || error.position === undefined ? null : error.position - before;
        this.problems.push(
            problemInSelect(
                model,
                this.shaping.sourceSchema,
                position,
                message,
                this.describeMissingSourceOrNull(error) ?? hint,
            ),
        );
    }

    /** What to do about a landing table that is not there. */
    private describeMissingSourceOrNull({ sqlState, message }: StatementError): string | null {
        const { sources, sourceSchema } = this.shaping;
        const placeOf = ({ schema, table }: SourceFile): string => `${schema ?? sourceSchema}.${table}`;
        const source =
            sqlState === undefinedTable ? sources.find((each) => message.includes(`"${placeOf(each)}"`)) : undefined;
        return source === undefined
            ? null
            : `It is the landing table of the source "${source.name}". Land its rows first: \`stardeck land FILE.csv ${placeOf(source)}\` makes it. Or correct its schema or its name in ${source.path}.`;
    }
}

/** A model without what its files say of columns that its SELECT does not give. */
function withKnownColumns(model: ModelFile, planned: readonly PlannedColumn[]): ModelFile {
    const isKnown = (column: string): boolean => planned.some(({ name }) => name === column);
    return {
        ...model,
        primaryKey: model.primaryKey.filter(isKnown),
        indexes: model.indexes.filter((columns) => columns.every(isKnown)),
    };
}
