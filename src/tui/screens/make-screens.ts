import type { App } from "../app/app.js";
import type { Screens } from "../kit/screen.js";
import { makeBuildScreen } from "./build/build-screen.js";
import { makeDataScreen } from "./data/data-screen.js";
import { makeSqlScreen } from "./data/sql-screen.js";
import { makeDeckScreen } from "./deck/deck-screen.js";
import { makeHistoryScreen } from "./history/history-screen.js";
import { makeHome } from "./home/home-screen.js";
import { makeLineageScreen } from "./lineage/lineage-screen.js";
import { makeModelsScreen } from "./models/models-screen.js";
import { makeTestsScreen } from "./tests/tests-screen.js";

/** All screens of the interface. */
export function makeScreens(app: App): Screens {
    return {
        home: makeHome(app),
        models: makeModelsScreen(app),
        build: makeBuildScreen(app),
        tests: makeTestsScreen(app),
        data: makeDataScreen(app),
        lineage: makeLineageScreen(app),
        history: makeHistoryScreen(app),
        sql: makeSqlScreen(app),
        ...(app.presentation === null ? {} : { deck: makeDeckScreen(app, app.presentation) }),
    };
}
