// Writes the command reference into README.md, from the commands' own descriptions.
import { readFileSync, writeFileSync } from "node:fs";
import { URL } from "node:url";
import { updateReadme } from "../dist/src/commands/reference.js";

const readme = new URL("../README.md", import.meta.url);
writeFileSync(readme, await updateReadme(readFileSync(readme, "utf8")));
