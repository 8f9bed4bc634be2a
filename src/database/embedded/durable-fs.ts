import { closeSync, fsyncSync, openSync } from "node:fs";
import type { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";

/** The options that PGlite's file system sets before the start; emscripten's own types do not cover them. */
interface StartOptions {
    preRun?: ((module: EmscriptenModule) => void)[];
}

interface EmscriptenModule {
    readonly FS: { readonly filesystems: { readonly NODEFS: NodeFileSystem } };
}

interface NodeFileSystem {
    realPath(node: unknown): string;
    readonly stream_ops: { fsync?: (stream: { readonly nfd?: number; readonly node: unknown }) => number };
}

/** PGlite's directory on disk, with an fsync that reaches the disk. Emscripten's does nothing and reports success. */
export class DurableFs extends NodeFS {
    override async init(database: PGlite, options: object): ReturnType<NodeFS["init"]> {
        const result = await super.init(database, options);
        const start = result.emscriptenOpts as StartOptions;
        start.preRun = [...(start.preRun ?? []), installFsync];
        return result;
    }
}

function installFsync(module: EmscriptenModule): void {
    const fileSystem = module.FS.filesystems.NODEFS;
    fileSystem.stream_ops.fsync = ({ nfd, node }) => {
        if (nfd !== undefined) {
            return runFsync(nfd);
        }
        // A directory: PostgreSQL syncs it after a rename, and emscripten has not opened it.
        const descriptor = openSync(fileSystem.realPath(node), "r");
        try {
            return runFsync(descriptor);
        } finally {
            closeSync(descriptor);
        }
    };
}

/** Zero, or emscripten's number of EIO: PostgreSQL then panics instead of trusting the disk. */
function runFsync(descriptor: number): number {
    try {
        fsyncSync(descriptor);
        return 0;
    } catch {
        return 29;
    }
}
