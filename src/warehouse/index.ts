/** What migrations may call. Frozen: what a landed migration makes never changes. */
export { alterModel } from "./alter-model.js";
export { createModel, dropModel } from "./create-model.js";
export { declareSource, dropSource } from "./declare-source.js";
export {
    addLandingMarks,
    createOperationsSchema,
    dropLandingMarks,
    dropOperationsSchema,
} from "./operations-schema.js";
export { sqlFile } from "./sql-file.js";
