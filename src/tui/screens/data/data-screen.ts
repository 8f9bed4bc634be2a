import { loadCatalogue } from "../../../browse/load-catalogue.js";
import { formatGridNotice } from "./grid-notice.js";
import { formatGridTitle } from "./grid-title.js";
import { isNeverBuilt } from "../../../runs/model-list.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { makeSqlPrompt } from "./sql-prompt.js";
import { makeLoad } from "../../kit/load.js";
import { formatTraceLine } from "./trace-line.js";
import { fitStyled } from "../../terminal/styled-line.js";
import type { TerminalSize } from "../../terminal/open-terminal.js";
import { listMarts, type Model } from "../../../warehouse/registry.js";
import type { App } from "../../app/app.js";
import type { DataTarget, Handler, Screen } from "../../kit/screen.js";
import { withView } from "./arrangement.js";
import { askWhere } from "./ask-where.js";
import { chooseRelation, listChoices, type ChoosableRelation } from "./choose-relation.js";
import { findTrailOrNull } from "./find-trail.js";
import { makeDataHandlers, modelOf } from "./data-handlers.js";
import { makeOpenGrids, type OpenGrid } from "./open-grids.js";
import { parseSavedData, saveArrangement, type SavedData } from "./saved-data.js";

/** From this width on a chart stands beside the rows, else below them. */
const besideColumns = 100;
const mostHistory = 200;
/** How often what is running says so. */
const tickMs = 300;

/** The rows of any relation or query. */
export function makeDataScreen(app: App): Screen {
    const relations = makeLoad(app, loadCatalogue, 30_000);
    let saved: SavedData = { target: null, arrangement: null, history: [], draft: "" };
    let history: readonly string[] = [];
    let draft = "";
    let isVisible = false;
    let ticker: NodeJS.Timeout | undefined;

    const findMarts = (): readonly Model[] => {
        const catalogue = app.catalogue.get().value;
        return catalogue === null ? [] : listMarts(catalogue.registry);
    };

    const grids = makeOpenGrids(app, {
        askAgain: (grid, tried) => {
            askWhere(app, grid, relations.get().value ?? [], tried);
        },
        hasChartByItself: (target) =>
            target.kind === "relation" &&
            findMarts().some(({ schema, name }) => schema === target.schema && name === target.name) &&
            app.size.get().columns >= besideColumns,
    });

    function open(target: DataTarget, isFromElsewhere: boolean, beside: readonly DataTarget[] = []): void {
        const current = grids.current();
        if (current !== null && JSON.stringify(current.target) === JSON.stringify(target)) {
            current.grid.refresh();
            return;
        }
        grids.open(target, { isFromElsewhere, beside });
    }

    /** What a person sees who comes without saying what for: the last time's, else the first mart. */
    function openSomething(): void {
        if (grids.current() !== null || !isVisible) {
            return;
        }
        const { target, arrangement } = saved;
        if (target !== null) {
            grids.open(target, { arrangement });
            return;
        }
        // The registry lists models by name.
        const [first] = findMarts();
        if (first !== undefined) {
            grids.open({ kind: "relation", schema: first.schema, name: first.name });
        }
    }

    const back: Handler = {
        run: () => {
            const current = grids.current();
            if (current === null) {
                return;
            }
            const { findText, arrangement } = current.grid.get();
            if (findText !== null) {
                current.grid.endFind();
                return;
            }
            if (arrangement !== null && hasOwnConditions(current)) {
                const where = current.target.kind === "relation" ? (current.target.where ?? null) : null;
                current.grid.arrange("reading all rows", withView(arrangement, { filters: [], where }));
                app.say("Cleared the conditions; u brings them back.");
                return;
            }
            grids.close();
            if (current.isFromElsewhere) {
                app.back();
            } else {
                openSomething();
            }
        },
        disabledReason: () => {
            const current = grids.current();
            const canStep =
                current !== null &&
                (grids.depth() > 1 ||
                    current.isFromElsewhere ||
                    current.grid.get().findText !== null ||
                    hasOwnConditions(current));
            return canStep ? null : "this is the first one";
        },
    };

    function remember(sql: string): void {
        history = [...history.filter((each) => each !== sql), sql].slice(-mostHistory);
    }

    function openPrompt(): void {
        void relations.load();
        app.openDialog(
            makeSqlPrompt(app, {
                draft,
                history,
                catalogue: () => relations.get().value ?? [],
                keepDraft: (text) => {
                    draft = text;
                },
                remember,
                show: (sql) => {
                    remember(sql);
                    open({ kind: "query", sql }, false);
                },
            }),
        );
    }

    function openChooser(): void {
        const isKnown = (): boolean => relations.get().value !== null || app.catalogue.get().value !== null;
        const show = (): void => {
            const target = grids.current()?.target;
            const name = target?.kind === "relation" ? `${target.schema}.${target.name}` : null;
            const choices = (): readonly ChoosableRelation[] =>
                listChoices(relations.get().value ?? [], app.catalogue.get().value);
            chooseRelation(app, { choices, known: relations }, name, (chosen) => {
                open(chosen, false);
            });
        };
        const loading = relations.load();
        if (isKnown()) {
            show();
            return;
        }
        app.say("Looking what there is to show…");
        void loading.then(() => {
            if (isVisible && isKnown()) {
                show();
            }
        });
    }

    /** Repaints the clock of what is running. */
    function watchClock(): void {
        const state = grids.current()?.grid.get();
        const isBusy = isVisible && state !== undefined && (state.work !== null || state.fetching !== null);
        if (!isBusy) {
            clearInterval(ticker);
            ticker = undefined;
        } else {
            ticker ??= setInterval(grids.bump, tickMs);
        }
    }

    grids.changes.subscribe(watchClock);
    app.catalogue.subscribe(openSomething);
    app.connection.subscribe(() => {
        if (app.connection.get().kind === "open") {
            for (const { grid } of grids.all()) {
                grid.retryLost();
            }
        }
    });
    app.builds.onEnd(() => {
        // Only what a build changes is read again, and only where somebody looks.
        const current = grids.current();
        if (isVisible && current?.grid.get().arrangement !== null && modelOf(app, current) !== null) {
            current?.grid.refresh();
        }
    });

    return {
        id: "data",
        changes: [grids.changes, app.catalogue],
        handlers: makeDataHandlers(app, {
            current: grids.current,
            relations: () => relations.get().value ?? [],
            chooseRelation: openChooser,
            openPrompt,
            back,
            drill: (targets) => {
                const [likeliest] = targets;
                if (likeliest !== undefined) {
                    grids.open(likeliest, { isStep: true, beside: targets });
                }
            },
            turn: grids.turn,
        }),
        title: (width) => {
            const current = grids.current();
            return current === null
                ? app.theme.get().style("dim", "no relation is open")
                : formatGridTitle(current.grid.get(), width, app.theme.get(), app.now());
        },
        paint: (size) => {
            const current = grids.current();
            if (current === null) {
                return paintNothing(app, size);
            }
            const trail = findTrailOrNull(grids.all());
            return trail === null
                ? paintOpen(app, current, size)
                : [
                      ` ${formatTraceLine(trail, size.columns - 1, app.theme.get())}`,
                      ...paintOpen(app, current, { ...size, rows: size.rows - 1 }),
                  ];
        },
        show: (target) => {
            const wasVisible = isVisible;
            isVisible = true;
            if (relations.get().value === null && !relations.get().isLoading) {
                void relations.load();
            }
            if (target.screen === "data" && target.show !== undefined) {
                open(target.show, !wasVisible, target.beside);
            } else {
                openSomething();
            }
            watchClock();
        },
        hide: () => {
            isVisible = false;
            // Nothing runs unseen: r reads it again.
            grids.current()?.grid.cancel();
            watchClock();
        },
        click: ({ action, row, column }) => {
            const current = grids.current();
            const picture = current?.picture ?? null;
            if (current === null || picture === null) {
                return;
            }
            const { grid } = current;
            if (action === "wheel-up" || action === "wheel-down") {
                grid.moveRow(action === "wheel-up" ? -3 : 3);
            } else if (action === "press") {
                const clicked = picture.columnAt(column) ?? grid.get().column;
                const line = row - picture.headHeight - (findTrailOrNull(grids.all()) === null ? 0 : 1);
                grid.moveTo(line < 0 ? grid.get().row : grid.viewport.top + line, clicked);
            }
        },
        save: () => {
            const current = grids.current();
            const arrangement = current?.grid.get().arrangement ?? null;
            return {
                target: current?.target ?? saved.target,
                arrangement:
                    arrangement === null ? (current === null ? saved.arrangement : null) : saveArrangement(arrangement),
                history,
                draft,
            } satisfies SavedData;
        },
        restore: (given) => {
            saved = parseSavedData(given);
            ({ history, draft } = saved);
        },
    };
}

/** Conditions that a person has added to those with which the view was opened. */
function hasOwnConditions({ grid, target }: OpenGrid): boolean {
    const view = grid.get().arrangement?.view;
    const given = target.kind === "relation" ? (target.where ?? null) : null;
    return view !== undefined && (view.filters.length > 0 || view.where !== given);
}

function paintNothing(app: App, { columns }: TerminalSize): readonly string[] {
    const { isLoading, error } = app.catalogue.get();
    const isWaiting = app.connection.get().kind !== "open" || isLoading;
    const text = isWaiting
        ? "Reading what there is …"
        : error === null
          ? "There are no marts. d chooses a relation, Q asks in SQL."
          : `What there is could not be read: ${error.message}`;
    return ["", fitText(`  ${text}`, columns)];
}

function paintOpen(app: App, current: OpenGrid, size: TerminalSize): readonly string[] {
    const { grid, painter, chart, shapes } = current;
    const theme = app.theme.get();
    const state = grid.get();
    const { arrangement, window } = state;
    const notice = formatGridNotice(state, {
        width: size.columns,
        theme,
        nowMs: app.now(),
        isOpening: app.connection.get().kind === "opening",
        isBuilding: app.builds.isRunning(),
        isNeverBuilt: isModelNeverBuilt(app, current),
        canBuild: !app.isReadOnly,
        hasOthers: current.beside.length > 1,
    });
    if (arrangement === null || window === null) {
        current.picture = null;
        return notice;
    }
    const isBeside = size.columns >= besideColumns;
    const chartSize = isBeside
        ? { columns: Math.min(90, Math.floor(size.columns * 0.42)), rows: size.rows }
        : { columns: size.columns, rows: Math.max(8, Math.floor(size.rows * 0.5)) };
    const chartLines = notice.length > 0 ? null : chart.paint(chartSize, theme);
    const gridSize =
        chartLines === null
            ? size
            : isBeside
              ? { columns: size.columns - chartSize.columns - 3, rows: size.rows }
              : { columns: size.columns, rows: size.rows - chartSize.rows - 1 };
    const picture = painter.paint({ ...state, arrangement, window }, grid.viewport, gridSize, theme, {
        hasUnder: shapes.hasAny(),
        drawUnder: (name, width) => shapes.draw(name, width, theme.isAscii),
        describeUnread: () => describeUnread(state, theme.symbols.ellipsis),
    });
    current.picture = picture;
    const lines = notice.length === 0 ? picture.lines : [...picture.lines.slice(0, picture.headHeight), ...notice];
    if (chartLines === null) {
        return lines;
    }
    const bar = theme.style("dim", theme.isAscii ? " | " : " │ ");
    return isBeside
        ? lines.map((line, index) => fitStyled(line, gridSize.columns) + bar + (chartLines[index] ?? ""))
        : [...lines, theme.style("dim", theme.symbols.rule.repeat(size.columns)), ...chartLines];
}

function describeUnread({ failure, fetching }: ReturnType<OpenGrid["grid"]["get"]>, ellipsis: string): string {
    if (failure !== null) {
        return `${failure.error.message} r reads again`;
    }
    return fetching === null ? ellipsis : `${ellipsis} reading more rows`;
}

function isModelNeverBuilt(app: App, open: OpenGrid): boolean {
    const name = modelOf(app, open);
    const model = name === null ? undefined : app.catalogue.get().value?.models.get(name);
    return model !== undefined && isNeverBuilt(model);
}
