import { readdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Knex } from "knex";
import { StardeckError } from "../config/errors.js";
import { migrationsFolder } from "../config/package-folder.js";
import { findForeignObjects } from "./foreign-objects.js";
import { queryOf } from "./run-sql.js";

export interface MigrationFile {
    /** Its absolute path; the name of this member is what Knex's own `migrate:status` prints of pending migrations. */
    readonly file: string;
}

/** Runs one migration's `up`; in place of a plain call. */
export type RunUp = (name: string, knex: Knex, up: (knex: Knex) => PromiseLike<unknown>) => Promise<unknown>;

/**
 * Knex's view of `migrations/`. A migration is recorded by its name without extension,
 * so that the built program and `npx knex` speak of the same thing. None is taken back while that would touch what others made.
 */
export class MigrationSource implements Knex.MigrationSource<MigrationFile> {
    constructor(
        private readonly folder: string,
        private readonly runUp: RunUp = async (_name, knex, up) => up(knex),
    ) {}

    async getMigrations(): Promise<MigrationFile[]> {
        const files = await readdir(this.folder);
        return files
            .filter((file) => /^\d{14}_.*\.[jt]s$/.test(file) && !file.endsWith(".d.ts"))
            .sort()
            .map((file) => ({ file: join(this.folder, file) }));
    }

    getMigrationName({ file }: MigrationFile): string {
        return basename(file, extname(file));
    }

    async getMigration(file: MigrationFile): Promise<Knex.Migration> {
        const migration = (await import(pathToFileURL(file.file).href)) as Required<Knex.Migration>;
        return {
            ...migration,
            up: async (knex) => {
                await this.runUp(this.getMigrationName(file), knex, migration.up);
            },
            down: async (knex) => {
                await refuseForeignObjects(knex);
                await migration.down(knex);
            },
        };
    }
}

/** The names of this installation's migrations, in order. */
export async function loadMigrationNames(): Promise<readonly string[]> {
    const source = new MigrationSource(migrationsFolder);
    return (await source.getMigrations()).map((file) => source.getMigrationName(file));
}

/** @throws StardeckError `failed`, naming what others have made in stardeck's schemas or on its tables. */
async function refuseForeignObjects(knex: Knex): Promise<void> {
    const objects = await findForeignObjects(queryOf(knex));
    if (objects.length > 0) {
        throw new StardeckError(`Not all that would go was made by stardeck: ${objects.join(", ")}.`, {
            code: "failed",
            hint: "Move or drop it first. Nothing was changed.",
        });
    }
}
