// Knex asks for this module (https://github.com/gulpjs/interpret lists its name) and then imports knexfile.ts as an
// ES module, which Node 20 cannot read by itself.
import { register } from "node:module";

register("./hooks.js", import.meta.url);
