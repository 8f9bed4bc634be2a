import type { Graph } from "../../../engine/graph.js";
import type { ListDetailOptions } from "../../kit/list-detail/list-detail.js";
import type { ListItem } from "../../kit/list-detail/list-detail-state.js";
import { layOutPanes, type PaneShares } from "../../kit/list-detail/panes.js";
import { toDetailLines } from "../../kit/lines/detail-lines.js";
import { wrapText } from "../../kit/lines/fit-text.js";
import { bodyPlace } from "../../kit/layout.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import type { Role } from "../../kit/theme.js";
import { formatHomeDetail, formatMarts } from "./home-details.js";
import { keyOf, listHome, type HomeFacts, type HomeItem } from "./home-items.js";
import { formatHomeItem, heightOfHomeItem, type HomeLineOptions } from "./home-lines.js";

/** An item of Home that can be opened, or a heading or remark. */
export type HomeEntry =
    | (ListItem & { readonly item: HomeItem })
    | (ListItem & { readonly item: null; readonly text: string; readonly role: Role; readonly isFixed: true });

/** The facts on Home, and the options for showing them. */
export interface HomePicture extends Omit<HomeLineOptions, "width"> {
    readonly facts: Omit<HomeFacts, "mostTests">;
    readonly graph: Graph;
    /** The size of the whole terminal. */
    readonly size: TerminalSize;
}

const homeShares: PaneShares = { two: { share: 0.55, least: 60 }, three: { share: 0.4, least: 70 } };

/**
 * The list of Home, the description of the selected item, and in a wide terminal all marts at a glance.
 *
 * @param picture null until the catalogue is read
 */
export function makeHomeList(
    picture: () => HomePicture | null,
): Pick<ListDetailOptions<HomeEntry>, "items" | "lineOf" | "heightOf" | "describe" | "shares" | "staysAtTop"> {
    return {
        shares: homeShares,
        staysAtTop: () => true,
        items: () => {
            const known = picture();
            return known === null ? null : listEntries(known);
        },
        heightOf: ({ item }) => (item === null ? 1 : heightOfHomeItem(item)),
        lineOf: (entry, width) => {
            const known = picture();
            if (known === null) {
                return "";
            }
            return entry.item === null
                ? known.theme.style(entry.role, entry.text)
                : formatHomeItem(entry.item, { ...known, width });
        },
        describe: ({ item }, { pane, width, rows }) => {
            const known = picture();
            if (known === null || item === null) {
                return [];
            }
            const options = { ...known, width, rows };
            if (pane === "main") {
                return toDetailLines(formatHomeDetail(item, options));
            }
            const entries = listEntries(known);
            const marts = entries.flatMap((entry) => (entry.item?.kind === "mart" ? [entry.item] : []));
            return toDetailLines(formatMarts(marts, options));
        },
    };
}

function listEntries({ facts, size }: HomePicture): readonly HomeEntry[] {
    const { height: rows } = bodyPlace(size);
    const width = layOutPanes(size.columns, "list", false, homeShares).list - 1;
    const sections = listHome({ ...facts, mostTests: rows < 30 ? 4 : 12 }).map(({ title, items, note }) => [
        ...(title === "" ? [] : [makeFixed(title, title, "accent")]),
        ...items.map((item): HomeEntry => ({ key: keyOf(item), item })),
        ...(note === "" ? [] : wrapText(note, width).map((line) => makeFixed(`${title} ${line}`, line, "dim"))),
    ]);
    const heightOf = ({ item }: HomeEntry): number => (item === null ? 1 : heightOfHomeItem(item));
    const total = sections.flat().reduce((sum, entry) => sum + heightOf(entry), 0);
    // Blank lines between the sections, if all sections still fit.
    const hasAir = total + sections.length <= rows;
    return sections.flatMap((entries, index) =>
        index > 0 && hasAir ? [makeFixed(`air ${index}`, "", "plain"), ...entries] : entries,
    );
}

function makeFixed(key: string, text: string, role: Role): HomeEntry {
    return { key, text, role, item: null, isFixed: true };
}
