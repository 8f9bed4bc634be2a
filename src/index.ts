/**
 * What the files of a project import from `stardeck`: functions that type what they say, and read it as it is.
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
