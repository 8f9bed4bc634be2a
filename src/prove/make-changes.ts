import type { Links } from "./links.js";
import type { Random } from "./random.js";
import { filledColumns } from "./sample-rows.js";
import type { SourceChange, SourceRow, SourceRows } from "./source-rows.js";
import type { SourceColumn, SourceTable } from "./source-tables.js";
import { documentNear, extremeValues, firstValues, numbersIn, valueAboveOrNull, valueNear } from "./values.js";

/** How many rows to make for a source without sampled rows. */
const madeRowCount = 12;

/** Makes random changes of the sources, as their kinds allow. */
export class ChangeMaker {
    private current: SourceRows;

    /** @param sampled rows to draw values from, even after they were changed or deleted */
    constructor(
        private readonly random: Random,
        private readonly tables: readonly SourceTable[],
        private readonly links: Links,
        private readonly sampled: SourceRows,
    ) {
        this.current = sampled;
    }

    /** First rows for the sources that have none. */
    makeFirstRows(): readonly SourceChange[] {
        return this.tables
            .filter(({ source }) => this.rowsOf(source.name).length === 0)
            .flatMap((table) => Array.from({ length: madeRowCount }, () => this.insert(table, this.composeRow(table))));
    }

    /** The changes between two builds. */
    makeBatch(current: SourceRows): readonly SourceChange[] {
        this.current = current;
        const count = this.random.chance(0.1) ? 8 : 1 + this.random.below(4);
        const changes: SourceChange[] = [];
        for (let made = 0; made < count; made++) {
            const table = this.random.pick(this.tables);
            const deleted = changes.filter(({ kind, source }) => kind === "delete" && source === table.source.name);
            changes.push(...this.makeChanges(table, deleted.length));
        }
        return changes;
    }

    private makeChanges(table: SourceTable, deletedCount: number): readonly SourceChange[] {
        const { source } = table;
        const rows = this.rowsOf(source.name);
        const [row] = rows.length === 0 ? [] : [this.random.pick(rows)];
        const isAppended = source.kind === "versions" || source.loadCursor !== null;
        const mayDelete =
            row !== undefined && deletedCount < mostDeletes(table, rows.length) && source.loadCursor === null;
        if (row === undefined) {
            return [this.insert(table, this.composeRow(table))];
        }
        if (isAppended) {
            if (mayDelete && this.random.chance(0.1)) {
                return [{ kind: "delete", source: source.name, where: row }];
            }
            const draw = this.random.next();
            if (draw < 0.2) {
                return [this.insert(table, this.withCursor(table, row))];
            }
            if (draw < 0.65) {
                return [this.insert(table, this.withCursor(table, this.makeVersion(table, row)))];
            }
            return [this.insert(table, this.withCursor(table, this.makeRecord(table, draw < 0.85 ? row : null)))];
        }
        const isThinned = rows.length < (this.sampled.get(source.name) ?? []).length / 2;
        const draw = this.random.next();
        if (draw < (isThinned ? 0.7 : 0.4)) {
            return [this.insert(table, this.makeRecord(table, this.random.chance(0.7) ? row : null))];
        }
        const where = pickColumns(row, source.key);
        if (draw > 0.8 && mayDelete) {
            return [{ kind: "delete", source: source.name, where }];
        }
        const set = this.makeUpdate(table, row);
        return Object.keys(set).length === 0 ? [] : [{ kind: "update", source: source.name, where, set }];
    }

    private insert({ source }: SourceTable, row: SourceRow): SourceChange {
        return { kind: "insert", source: source.name, row };
    }

    /** Another version of a record: later, earlier, or at the same time. */
    private makeVersion(table: SourceTable, row: SourceRow): SourceRow {
        const { key, versionColumn } = table.source;
        const others = filledColumns(table).filter((name) => !key.includes(name) && name !== versionColumn);
        const changed = this.random.some(others, 1 + this.random.below(2));
        const version =
            versionColumn === null || this.random.chance(0.1)
                ? {}
                : {
                      [versionColumn]: this.random.chance(0.6)
                          ? this.above(table, versionColumn)
                          : this.draw(table, versionColumn),
                  };
        return this.withReferences(table, { ...row, ...this.drawAll(table, changed), ...version }, changed);
    }

    /** A new record: similar to another, or with values that may never have been in one row. */
    private makeRecord(table: SourceTable, like: SourceRow | null): SourceRow {
        const { key } = table.source;
        const names = filledColumns(table);
        const row = like ?? this.composeRow(table);
        const changed = this.random.some(
            names.filter((name) => !key.includes(name)),
            this.random.below(3),
        );
        const made = { ...row, ...this.drawAll(table, [...changed, ...key]) };
        const [renewed = ""] = this.random.some(key, 1);
        // In a composite key, a new combination is as good as a new value.
        const fresh = key.length === 1 || this.random.chance(0.3) ? { [renewed]: this.above(table, renewed) } : {};
        return this.withReferences(table, { ...made, ...fresh }, [...changed, ...key]);
    }

    private composeRow(table: SourceTable): SourceRow {
        const names = filledColumns(table);
        return this.withReferences(table, this.drawAll(table, names), names);
    }

    private makeUpdate(table: SourceTable, row: SourceRow): SourceRow {
        const { key, versionColumn } = table.source;
        const names = filledColumns(table);
        const pool = this.random.chance(0.15) ? key : names.filter((name) => !key.includes(name));
        const changed = this.random.some(pool.length === 0 ? key : pool, 1 + this.random.below(2));
        const version =
            versionColumn !== null && this.random.chance(0.7)
                ? { [versionColumn]: this.above(table, versionColumn) }
                : {};
        const after = this.withReferences(table, { ...row, ...this.drawAll(table, changed), ...version }, changed);
        return Object.fromEntries(Object.entries(after).filter(([name, value]) => value !== row[name]));
    }

    private withCursor(table: SourceTable, row: SourceRow): SourceRow {
        const { loadCursor } = table.source;
        return loadCursor === null ? row : { ...row, [loadCursor]: this.above(table, loadCursor) };
    }

    /** Replaces changed foreign key columns, most of the time, by the key of an existing row. */
    private withReferences(table: SourceTable, row: SourceRow, changed: readonly string[]): SourceRow {
        const found: Record<string, string | null> = {};
        for (const { columns, schema, table: relation, toColumns } of table.references) {
            const target = this.tables.find((each) => each.schema === schema && each.table === relation);
            const rows = this.rowsOf(target?.source.name ?? "");
            const isEmpty = columns.some((name) => row[name] === null);
            if (
                columns.some((name) => changed.includes(name)) &&
                rows.length > 0 &&
                !isEmpty &&
                this.random.chance(0.9)
            ) {
                const other = this.random.pick(rows);
                columns.forEach((name, place) => {
                    found[name] = other[toColumns[place] ?? ""] ?? null;
                });
            }
        }
        return { ...row, ...found };
    }

    private drawAll(table: SourceTable, names: readonly string[]): SourceRow {
        return Object.fromEntries(names.map((name) => [name, this.draw(table, name)]));
    }

    /** A random value: usually one that the column already has, or one of a linked column. */
    private draw(table: SourceTable, name: string): string | null {
        const column = columnOf(table, name);
        const { random } = this;
        if (!column.notNull && random.chance(0.07)) {
            return null;
        }
        const own = this.valuesOf(table.source.name, name);
        const linked = this.links
            .of({ source: table.source.name, column: name })
            .flatMap((other) => this.valuesOf(other.source, other.column))
            .flatMap((value) => (/^["{[]/.test(value) ? numbersIn(value) : [value]));
        const known = own.length > 0 ? own : firstValues(column.type, column.labels);
        if (known.length === 0) {
            return linked.length > 0 ? random.pick(linked) : null;
        }
        const value = random.pick(known);
        if (/^jsonb?$/.test(column.type)) {
            return random.chance(0.2) ? value : documentNear(value, own, linked, random);
        }
        const extremes = column.labels.length > 0 ? [] : extremeValues(column.type);
        const chance = random.next();
        if (chance < 0.03 && extremes.length > 0) {
            return random.pick(extremes);
        }
        if (chance < 0.45 && linked.length > 0) {
            return random.pick(linked);
        }
        return chance > 0.85 && column.labels.length === 0 ? valueNear(column.type, value, random) : value;
    }

    /** A value that the column does not have yet. */
    private above(table: SourceTable, name: string): string | null {
        const { type } = columnOf(table, name);
        const own = this.valuesOf(table.source.name, name);
        const values = own.length > 0 ? own : firstValues(type, []);
        const above = valueAboveOrNull(type, values, this.random);
        return above ?? (values.length === 0 ? null : valueNear(type, this.random.pick(values), this.random));
    }

    private valuesOf(source: string, column: string): readonly string[] {
        return [...this.rowsOf(source), ...(this.sampled.get(source) ?? [])].flatMap((row) => row[column] ?? []);
    }

    private rowsOf(source: string): readonly SourceRow[] {
        return this.current.get(source) ?? [];
    }
}

function columnOf({ columns }: SourceTable, name: string): SourceColumn {
    const found = columns.find((column) => column.name === name);
    return found ?? { name, type: "text", notNull: false, generatedAs: null, collation: null, labels: [] };
}

function pickColumns(row: SourceRow, names: readonly string[]): SourceRow {
    return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

/** How many rows may be deleted before a build stops and asks. */
function mostDeletes({ source: { deletes } }: SourceTable, rowCount: number): number {
    return deletes === "follow" ? 1000 : deletes === "refuse" ? 0 : Math.floor(deletes.upToShare * rowCount);
}
