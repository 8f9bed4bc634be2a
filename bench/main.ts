import { parseArguments, type BenchOptions } from "./arguments.js";
import { benchBuild } from "./build.js";
import { benchGraph } from "./graph.js";
import { benchInterface } from "./interface.js";
import { benchIncremental } from "./incremental.js";
import { withServer, type BenchServer } from "./server.js";
import { benchStart } from "./start.js";

const onServer: Readonly<Record<string, (server: BenchServer, options: BenchOptions) => Promise<void>>> = {
    build: benchBuild,
    incremental: benchIncremental,
    graph: benchGraph,
    interface: benchInterface,
};

const { name, options } = parseArguments(process.argv.slice(2));
const bench = onServer[name];
if (bench !== undefined) {
    await withServer(options, (server) => bench(server, options));
} else if (name === "start") {
    await benchStart(options);
} else {
    process.stderr.write(`Which benchmark? ${[...Object.keys(onServer), "start"].join(", ")}. See bench/README.md.\n`);
    process.exitCode = 2;
}
