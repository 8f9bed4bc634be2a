import { quoteQualified } from "../../../sql/identifiers.js";
import { completeSql, type CatalogueRelation } from "../../../sql/complete-sql.js";
import type { GridView } from "../../../browse/grid-view.js";
import type { App } from "../../app/app.js";
import type { EditedText } from "../../kit/line-editor.js";
import { withView, type Arrangement } from "./arrangement.js";
import type { Grid } from "./grid.js";

/** Asks for a condition in SQL; an empty text removes it. */
export function askWhere(
    app: App,
    grid: Grid,
    relations: readonly CatalogueRelation[],
    tried: Arrangement | null = null,
): void {
    const latest = grid.latest();
    if (latest === null) {
        return;
    }
    app.ask({
        label: "where",
        initial: (tried ?? latest).view.where ?? "",
        complete: makeCompletion((edited) => completeCondition(edited, latest.view, relations)),
        onSubmit: (text) => {
            const next = grid.latest();
            const where = text.trim() === "" ? null : text.trim();
            if (next !== null && where !== next.view.where) {
                grid.arrange(where === null ? "reading all rows" : "filtering", withView(next, { where }));
            }
        },
    });
}

interface Candidates {
    readonly from: number;
    readonly to: number;
    readonly texts: readonly string[];
}

/** Tab inserts the best candidate; each further Tab replaces it by the next one. */
function makeCompletion(find: (edited: EditedText) => Candidates): (edited: EditedText) => EditedText | null {
    let last: {
        readonly base: EditedText;
        readonly found: Candidates;
        readonly place: number;
        readonly result: EditedText;
    } | null = null;
    return (edited) => {
        const isAgain = last?.result.text === edited.text && last.result.cursor === edited.cursor;
        const base = isAgain && last !== null ? last.base : edited;
        const found = isAgain && last !== null ? last.found : find(edited);
        const place = isAgain && last !== null ? (last.place + 1) % Math.max(1, found.texts.length) : 0;
        const text = found.texts[place];
        if (text === undefined) {
            return null;
        }
        const result = {
            text: base.text.slice(0, found.from) + text + base.text.slice(found.to),
            cursor: found.from + text.length,
        };
        last = { base, found, place, result };
        return result;
    };
}

function completeCondition(
    { text, cursor }: EditedText,
    { relation }: GridView,
    relations: readonly CatalogueRelation[],
): Candidates {
    const { source, columns, kind } = relation;
    const own = source.from === "database" ? source : { schema: "public", name: "result" };
    const head = `select * from ${quoteQualified(own.schema, own.name)} where `;
    const described = { ...own, kind, columns, isVisible: false };
    const others = relations.filter(({ schema, name }) => schema !== own.schema || name !== own.name);
    const { from, to, candidates } = completeSql(head + text, head.length + cursor, [described, ...others]);
    return {
        from: from - head.length,
        to: to - head.length,
        texts: candidates.map((candidate) => candidate.text),
    };
}
