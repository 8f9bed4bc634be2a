import { groupBy } from "../../config/group-by.js";
import { StatementError } from "../../database/errors.js";
import type { FileProblem } from "../../project/problem.js";
import type { ModelFile } from "../../project/project.js";
import { formatQualified, quoteIdentifier, quoteLiteral, quoteQualified } from "../../sql/identifiers.js";
import { loadViewOptions, loadViewWithDependents, type DependentView } from "../dependent-views.js";
import type { Queryable } from "../queryable.js";
import type { PlannedColumn } from "../registry.js";
import { alterTable, type Altering, type Shaping } from "./alter-table.js";
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
import { describeStatementError, problemInSelect } from "./problems.js";

/**
 * Makes the views and tables of models as their files define them, each model after those that it reads. A model that cannot be made
 * is reported as a problem and stays unchanged.
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
     * @returns false if one of them has a problem: then none is made, and the caller must try each by itself
     */
    async shapeNew(models: readonly ModelFile[]): Promise<boolean> {
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
            if (!(error instanceof StatementError)) {
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

    /** @returns whether the model was made */
    async shape(model: ModelFile, before: ModelFile | null): Promise<boolean> {
        const view = selectRelationOf(model, this.selectSchema);
        const problemCount = this.problems.length;
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
            const planned = this.plan(model, columns);
            if (this.problems.length === problemCount && (await this.finish(model, before, planned, view))) {
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
            if (model.materialisation === "table") {
                await (before?.materialisation === "table"
                    ? alterTable(this.altering, model, before, planned)
                    : this.createTable(model, before, planned, view));
            }
            const statements = [...(restored ?? []), ...commentsOn(model, planned, view, before !== null)];
            await this.database.query(statements.join(";\n"));
            return true;
        } catch (error) {
            if (!(error instanceof StatementError)) {
                throw error;
            }
            this.complain(model, error);
            return false;
        }
    }

    /** Makes the view of a SELECT and returns its columns; null after a problem. */
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
            if (!(error instanceof StatementError)) {
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
            if (!(error instanceof StatementError)) {
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
            if (!(error instanceof StatementError)) {
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
        this.problems.push(problemInSelect(model, this.shaping.sourceSchema, position, message, hint));
    }
}
