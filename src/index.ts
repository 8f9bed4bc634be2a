/**
 * What the files of a project import from `stardeck`: functions that type their argument and return it unchanged.
 *
 * @packageDocumentation
 */
export { defineConfig, defineModel, defineSource, defineTest, defineUnitTest } from "./project/define.js";
export type { OwnTest, OwnTestDefinition, TestSurroundings } from "./project/define.js";
export type {
    ColumnDefinition,
    DataTestDefinition,
    DataTestOptions,
    Distribution,
    LayerDefinition,
    Materialisation,
    ModelDefinition,
    PresentationDefinition,
    ProjectDefinition,
    SeedDefinition,
    SeedSettings,
    Severity,
    SourceDefinition,
    SourceDeletes,
    SourceKind,
    UnitTestDefinition,
    UnitTestRow,
    UnitTestValue,
} from "./project/definitions.js";
