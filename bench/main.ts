import { parseArguments, type BenchOptions } from "./arguments.js";
import { benchBuild } from "./build.js";
import { benchChanges } from "./changes.js";
import { benchDemo } from "./demo.js";
import { benchGraph } from "./graph.js";
import { benchInterface } from "./interface.js";
import { benchIncremental } from "./incremental.js";
import { withServer, type BenchServer } from "./server.js";
import { benchMappings } from "./mappings.js";
import { benchProject } from "./project.js";
import { benchSources } from "./sources.js";
import { benchStart } from "./start.js";

const onServer: Readonly<Record<string, (server: BenchServer, options: BenchOptions) => Promise<void>>> = {
    build: benchBuild,
    incremental: benchIncremental,
    graph: benchGraph,
    sources: benchSources,
    mappings: benchMappings,
    changes: benchChanges,
    interface: benchInterface,
};

const onEmbedded: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
    start: benchStart,
    demo: benchDemo,
    project: benchProject,
};

const { name, options } = parseArguments(process.argv.slice(2));
const benchServer = onServer[name];
const benchAlone = onEmbedded[name];
if (benchServer !== undefined) {
    await withServer(options, (server) => benchServer(server, options));
} else if (benchAlone !== undefined) {
    await benchAlone(options);
} else {
    const names = [...Object.keys(onServer), ...Object.keys(onEmbedded)];
    process.stderr.write(`Which benchmark? ${names.join(", ")}. See bench/README.md.\n`);
    process.exitCode = 2;
}
