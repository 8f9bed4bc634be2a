import type { LiveBlock } from "../../../deck/live-block.js";
import type { Target } from "../../kit/screen.js";
import type { BlockState } from "./slides/block-lines.js";

/** The screen that shows the content of a block in detail; null when the block has not been read or could not be. */
export function targetOfBlockOrNull(block: LiveBlock, state: BlockState): Target | null {
    if (state.kind !== "loaded") {
        return null;
    }
    const { content } = state;
    switch (block.kind) {
        case "chart":
        case "table":
        case "query":
        case "figures":
            if (content.kind !== "rows") {
                return null;
            }
            return content.rows.relation === null
                ? {
                      screen: "data",
                      show: { kind: "query", sql: content.rows.sql, title: `the ${block.kind} of the slide` },
                  }
                : { screen: "data", show: { kind: "relation", ...content.rows.relation } };
        case "sql":
            return { screen: "models", modelName: block.model.replace(/^.*\./, ""), tab: "sql" };
        case "lineage":
        case "star": {
            const column = content.kind === "lineage" ? content.lineage.column : undefined;
            const name = block.kind === "star" ? block.fact : (column?.of ?? block.of);
            return name === null ? { screen: "lineage" } : { screen: "lineage", name };
        }
        case "sources":
            return { screen: "models" };
        case "tests":
            return { screen: "tests" };
        case "replay":
            return content.kind === "run"
                ? { screen: "build", runId: content.recorded.run.runId }
                : { screen: "build" };
    }
}
