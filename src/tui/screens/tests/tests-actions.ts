import type { App } from "../../app/app.js";
import type { Handler, Handlers } from "../../kit/screen.js";
import type { ListDetail } from "../../kit/list-detail/list-detail.js";
import { planBuild } from "../../app/builds/plan-build.js";
import type { TestItem } from "./tests-list.js";

/** What the keys do with the selected data test. */
export function makeTestsActions(
    app: App,
    { state, handlers }: ListDetail<TestItem>,
    openRows: (item: TestItem) => Promise<void>,
): Handlers {
    const ofSelected = (run: (item: TestItem) => void): Handler => ({
        run: () => {
            const item = state.selectedOrNull();
            if (item !== null) {
                run(item);
            }
        },
        disabledReason: () => (state.selectedOrNull() === null ? "no data test is selected" : null),
    });
    return {
        ...(handlers.open === undefined
            ? {}
            : {
                  open: {
                      ...handlers.open,
                      title: () => (state.activePane() === "list" ? "failing rows" : "kept rows"),
                  },
              }),
        showRows: ofSelected((item) => void openRows(item)),
        showLineage: ofSelected(({ test }) => {
            app.go({ screen: "lineage", name: test.modelName });
        }),
        showSql: ofSelected(() => {
            state.showTab("main", "sql");
            state.focus.set("main");
        }),
        test: ofSelected(({ test }) => {
            planBuild(app, { command: "test", select: [test.modelName] });
        }),
        copy: ofSelected(({ test }) => {
            app.copy(test.failingRowsSql, "the SQL of the failing rows");
        }),
    };
}
