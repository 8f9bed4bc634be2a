import type { App } from "../../app/app.js";
import { listMotionOrNull } from "../../kit/list-state.js";
import { makeStore, type Readable } from "../../terminal/store.js";
import { keyOf, listHome, type HomeItem, type HomeSection } from "./home-items.js";
import type { HomeReads } from "./home-reads.js";

/** What is on Home, and where a person is on it. */
export interface HomeState {
    readonly changes: readonly Readable<unknown>[];
    /** Null until the catalogue is read. */
    readonly sections: () => readonly HomeSection[] | null;
    readonly selectedOrNull: () => HomeItem | null;
    readonly select: (key: string) => void;
    readonly move: (actionId: string) => void;
    readonly moveBy: (by: number) => void;
    /** The rows of the body decide how much is listed. */
    readonly setRows: (rows: number) => void;
}

export function makeHomeState(app: App, reads: HomeReads): HomeState {
    const place = makeStore<{ readonly key: string | null; readonly index: number }>({ key: null, index: 0 });
    const changes = [...reads.changes, place, app.catalogue];
    let rows = 19;
    let listed: readonly HomeSection[] | null = null;
    for (const readable of changes) {
        readable.subscribe(() => {
            listed = null;
        });
    }

    function sections(): readonly HomeSection[] | null {
        const catalogue = app.catalogue.get().value;
        if (catalogue === null) {
            return null;
        }
        listed ??= listHome({
            catalogue,
            run: reads.run(),
            headlines: reads.headlines(),
            news: reads.news(),
            staleness: reads.staleness(),
            mostTests: rows < 30 ? 4 : 12,
        });
        return listed;
    }

    const items = (): readonly HomeItem[] => (sections() ?? []).flatMap((section) => section.items);

    function cursor(): number {
        const all = items();
        const { key, index } = place.get();
        const found = key === null ? 0 : all.findIndex((item) => keyOf(item) === key);
        return found >= 0 ? found : Math.max(0, Math.min(index, all.length - 1));
    }

    function moveBy(by: number): void {
        const all = items();
        const index = Math.max(0, Math.min(cursor() + by, all.length - 1));
        const item = all[index];
        // At the top it stays at the top, whatever comes there.
        place.set({ key: index === 0 || item === undefined ? null : keyOf(item), index });
    }

    return {
        changes,
        sections,
        selectedOrNull: () => items()[cursor()] ?? null,
        select: (key) => {
            place.set({ key, index: items().findIndex((item) => keyOf(item) === key) });
        },
        move: (actionId) => {
            moveBy(listMotionOrNull(actionId, Math.max(2, Math.floor(rows / 2))) ?? 0);
        },
        moveBy,
        setRows: (next) => {
            if (next < 30 !== rows < 30) {
                listed = null;
            }
            rows = next;
        },
    };
}
