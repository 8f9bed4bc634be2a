import type { App, Screen } from "../app.js";

/** Where every start begins: how the warehouse stands. */
export function makeHome(app: App): Screen {
    return {
        id: "home",
        changes: [app.catalogue],
        handlers: {},
        title: () => "The warehouse",
        paint: () => [],
    };
}
