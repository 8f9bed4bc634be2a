/** What migrations may call. Frozen: what a landed migration makes never changes. */
export { alterModel } from "./alter-model.js";
export { createModel, dropModel } from "./create-model.js";
export { declareSource, declareSources, dropSource } from "./declare-source.js";
export {
    addLandingMarks,
    addLockSession,
    addModelViews,
    addQueueKey,
    createOperationsSchema,
    dropLandingMarks,
    dropLockSession,
    dropModelViews,
    dropOperationsSchema,
    dropQueueKey,
} from "./operations-schema.js";
export { sqlFile } from "./sql-file.js";
