import type { App, Screen, Screens } from "../app.js";
import type { ScreenId } from "../keymap.js";
import { makeBuildScreen } from "./build/build-screen.js";
import { makeDataScreen } from "./data/data-screen.js";
import { makeDeckScreen } from "./deck/deck-screen.js";
import { makeHome } from "./home.js";
import { makeLineageScreen } from "./lineage/lineage-screen.js";
import { makeModelsScreen } from "./models/models-screen.js";

/** All screens of the interface. */
export function makeScreens(app: App): Screens {
    const later = (id: ScreenId): Screen => ({ ...makeHome(app), id, title: () => id });
    return {
        home: makeHome(app),
        models: makeModelsScreen(app),
        build: makeBuildScreen(app),
        tests: later("tests"),
        data: makeDataScreen(app),
        lineage: makeLineageScreen(app),
        history: later("history"),
        ...(app.presentation === null ? {} : { deck: makeDeckScreen(app, app.presentation) }),
    };
}
