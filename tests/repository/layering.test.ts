import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { groupBy } from "../../src/config/group-by.js";

const sourceFolder = join(import.meta.dirname, "../../src");

/** From the lowest to the highest: each layer imports only from those before it. Nobody imports the last three, which are the doors. */
const layers = [
    "config",
    "sql",
    "database",
    "text",
    "derivation",
    "project",
    "warehouse",
    "runs",
    "engine",
    "prove",
    "browse",
    "deck",
    "seeds",
    "demo",
    "commands",
    "tui",
    "cli.ts",
    "index.ts",
    "knex.ts",
];

/** The same within `tui`; what stands in no room opens the interface and is above them all. */
const rooms = ["terminal", "kit", "app", "screens"];

function roomOf(file: string): number {
    const room = rooms.indexOf(file.split("/")[1] ?? "");
    return room === -1 ? rooms.length : room;
}

/** The folder of one screen: `home`; null for what is not of one screen. */
function screenOrNull(file: string): string | null {
    return /^tui\/screens\/([^/]+)\//.exec(file)?.[1] ?? null;
}

/** Two faces of one core: neither knows the other. */
const strangers: Readonly<Record<string, readonly string[]>> = { tui: ["commands", "demo", "seeds"] };

function mayImport(importer: string, imported: string): boolean {
    return layers.indexOf(imported) <= layers.indexOf(importer) && !(strangers[importer]?.includes(imported) ?? false);
}

interface Import {
    /** Path below `src/`, with slashes. */
    readonly file: string;
    readonly specifier: string;
}

const imports: readonly Import[] = readdirSync(sourceFolder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) =>
        // Static and dynamic imports, re-exports and type imports alike.
        ts
            .preProcessFile(readFileSync(join(sourceFolder, file), "utf8"))
            .importedFiles.map(({ fileName }) => ({ file: file.replaceAll("\\", "/"), specifier: fileName })),
    );

function layerOf(file: string): string {
    return file.split("/")[0] ?? "";
}

/** The path below `src/` that a relative import names; null for packages and for files outside `src/`. */
function importedFileOrNull({ file: importer, specifier }: Import): string | null {
    if (!specifier.startsWith(".")) {
        return null;
    }
    const path = relative(sourceFolder, join(sourceFolder, dirname(importer), specifier)).replaceAll("\\", "/");
    if (path.startsWith("..")) {
        return null;
    }
    const file = path.replace(/\.js$/, ".ts");
    return existsSync(join(sourceFolder, file)) ? file : `${file}x`;
}

const importedFiles: ReadonlyMap<string, readonly string[]> = new Map(
    [...groupBy(imports, ({ file }) => file)].map(([file, statements]) => [
        file,
        statements.flatMap((statement) => importedFileOrNull(statement) ?? []),
    ]),
);

function describeImports(found: readonly Import[]): readonly string[] {
    return found.map(({ file, specifier }) => `${file} imports ${specifier}`);
}

describe("layers of src", () => {
    it("knows every layer", () => {
        const unknown = [...new Set(imports.map(({ file }) => layerOf(file)))].filter(
            (layer) => !layers.includes(layer),
        );
        expect(imports.length).toBeGreaterThan(0);
        expect(unknown).toEqual([]);
    });

    it("imports only from the layers below", () => {
        const upward = imports.filter((statement) => {
            const layer = layerOf(statement.file);
            const imported = importedFileOrNull(statement);
            return imported !== null && !mayImport(layer, layerOf(imported));
        });
        expect(describeImports(upward)).toEqual([]);
    });

    it("goes one way within tui, and never from one screen to another", () => {
        const wrong = imports.filter((statement) => {
            const { file } = statement;
            const imported = importedFileOrNull(statement);
            if (layerOf(file) !== "tui" || imported === null || layerOf(imported) !== "tui") {
                return false;
            }
            const [from, to] = [screenOrNull(file), screenOrNull(imported)];
            return roomOf(imported) > roomOf(file) || (from !== null && to !== null && from !== to);
        });
        expect(describeImports(wrong)).toEqual([]);
    });

    it("never comes back to a file by its imports", () => {
        const circles: string[] = [];
        const finished = new Set<string>();
        const visit = (file: string, path: readonly string[]): void => {
            if (path.includes(file)) {
                circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
            } else if (!finished.has(file)) {
                for (const imported of importedFiles.get(file) ?? []) {
                    visit(imported, [...path, file]);
                }
                finished.add(file);
            }
        };
        for (const file of importedFiles.keys()) {
            visit(file, []);
        }
        expect(circles).toEqual([]);
    });

    it("names ink and react in the one module that is bundled, and in no other", () => {
        const drawing = imports.filter(
            ({ file, specifier }) => file !== "tui/kit/ink.ts" && /^(ink|react)(-|\/|$)/.test(specifier),
        );
        expect(describeImports(drawing)).toEqual([]);
    });
});
