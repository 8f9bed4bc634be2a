import { listActions, type Action } from "../../kit/dispatch.js";
import { Box, React, Text, useMemo, type ReactElement } from "../../kit/ink.js";
import type { EditedText } from "../../kit/line-editor.js";
import type { Shell } from "../make-app.js";
import { estimateLeftOrNull, type LeftTime } from "../builds/estimate-left.js";
import { formatHintKeys, formatKey, keymap } from "../../kit/keymap.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatClock } from "../../kit/lines/format-ago.js";
import { countTotals, isRunning, type RunProgress } from "../builds/run-progress.js";
import { formatLeft } from "../lines/run-lines.js";
import type { Role, Theme } from "../../kit/theme.js";
import { useDerived, useReadable } from "../../kit/use-readable.js";
import type { Hint, Tone } from "../../kit/screen.js";
import { Styled, useTheme } from "../../kit/Styled.js";
import { TextField } from "../../kit/TextField.js";
import { widthOf } from "../../../text/visible-text.js";

export interface FooterProps {
    readonly shell: Shell;
}

const roles: Readonly<Record<Tone, Role>> = { plain: "plain", ok: "ok", warned: "warned", failed: "failed" };

/** A question, a message or the running build; and the keys that matter now. */
export function Footer({ shell }: FooterProps): ReactElement {
    return (
        <>
            <MessageLine shell={shell} />
            <KeyLine shell={shell} />
        </>
    );
}

/** Only these can appear in the footer, so only their handlers are asked at each key whether they can run. */
const footerBindings = keymap.filter(({ footer }) => footer !== null);

function KeyLine({ shell }: FooterProps): ReactElement {
    const { app } = shell;
    const { columns } = useReadable(app.size);
    const theme = useTheme();
    const dialog = useReadable(shell.dialog);
    useReadable(shell.screenId);
    const screen = shell.screen();
    // `screen.changes` covers what the screen paints; the others decide whether its actions can run.
    const changes = useMemo(
        () =>
            dialog === null
                ? [...screen.changes, app.catalogue, app.connection, app.builds.current, app.jobs]
                : dialog.changes,
        [dialog, screen, app],
    );
    const hints = useDerived(
        changes,
        () => {
            const own = dialog?.hints ?? screen.hints?.() ?? null;
            return fitHints(
                own === null
                    ? listHints(listActions(screen.handlers, shell.shared, app.isReadOnly, footerBindings), theme)
                    : own.map(([keys, title]) => [formatHintKeys(keys, theme), title] as const),
                columns,
            );
        },
        isSameHints,
    );
    return (
        <Box paddingLeft={1}>
            <Hints hints={hints} />
        </Box>
    );
}

function isSameHints(one: readonly Hint[], other: readonly Hint[]): boolean {
    return (
        one.length === other.length &&
        one.every(([keys, title], place) => keys === other[place]?.[0] && title === other[place][1])
    );
}

export function Hints({ hints }: { readonly hints: readonly Hint[] }): ReactElement {
    const theme = useTheme();
    return (
        <Box columnGap={2}>
            {hints.map(([keys, title]) => (
                <Text key={keys} wrap="truncate">
                    {theme.style("key", keys)} {title}
                </Text>
            ))}
        </Box>
    );
}

/** The keys that can be used now, the most important first. */
export function listHints(actions: readonly Action[], theme: Pick<Theme, "isAscii">): readonly Hint[] {
    return actions
        .filter(({ binding, reason }) => binding.footer !== null && reason === null)
        .sort((a, b) => (a.binding.footer ?? 0) - (b.binding.footer ?? 0))
        .map(({ binding, handler }) => [formatKey(binding.keys[0] ?? "", theme), handler.title?.() ?? binding.title]);
}

/** As many hints as fit; earlier ones take precedence. */
function fitHints(hints: readonly Hint[], columns: number): readonly Hint[] {
    let used = 1;
    return hints.filter(([keys, title]) => {
        const width = keys.length + title.length + 3;
        const fits = used + width <= columns;
        used += fits ? width : 0;
        return fits;
    });
}

function MessageLine({ shell }: FooterProps): ReactElement {
    const { app } = shell;
    const { columns } = useReadable(app.size);
    const question = useReadable(shell.question);
    const message = useReadable(shell.message);
    if (question !== null) {
        return <QuestionLine label={question.question.label} edited={question.edited} columns={columns} />;
    }
    return message === null ? (
        <Ticker shell={shell} columns={columns} />
    ) : (
        <Styled role={roles[message.tone]}>{` ${message.text}`}</Styled>
    );
}

export interface QuestionLineProps {
    readonly label: string;
    readonly edited: EditedText;
    readonly columns: number;
}

/** The least width of the answer, even if the label is long. */
const leastAnswer = 20;

/** The label, and as much of the answer around the cursor as fits. */
export function QuestionLine({ label, edited, columns }: QuestionLineProps): ReactElement {
    const labelWidth = Math.min(widthOf(label), columns - leastAnswer - 2);
    return (
        <Box>
            <Styled role="accent">{` ${fitText(label, labelWidth)} `}</Styled>
            <TextField edited={edited} width={columns - labelWidth - 2} />
        </Box>
    );
}

/** The running build, on every screen except Build, which shows more of it. */
function Ticker({ shell, columns }: FooterProps & { readonly columns: number }): ReactElement {
    const { app, screenId } = shell;
    const theme = useTheme();
    useReadable(screenId);
    const changes = useMemo(() => [app.builds.current], [app]);
    const ticker = useDerived(
        changes,
        () => {
            const run = screenId.get() === "build" ? null : app.builds.current.get();
            const graph = app.catalogue.get().value?.graph ?? null;
            const left = run === null ? null : estimateLeftOrNull(run, graph, app.now());
            return run === null || !isRunning(run) ? null : describeRun(run, left, app.now(), theme);
        },
        (one, other) => one?.text === other?.text && one?.role === other?.role,
    );
    return (
        <Box width={columns} height={1}>
            {ticker !== null && <Styled role={ticker.role}>{ticker.text}</Styled>}
        </Box>
    );
}

function describeRun(
    run: RunProgress,
    left: LeftTime | null,
    nowMs: number,
    theme: Theme,
): { readonly text: string; readonly role: Role } {
    const { models, endedModelCount } = countTotals(run);
    const parts = [
        run.isCancelling ? "cancelling" : `${run.command} ${endedModelCount}/${run.modelNames.length}`,
        formatClock(nowMs - run.startedAtMs),
        ...(left === null ? [] : [formatLeft(left, theme)]),
        ...(models.failed === 0 ? [] : [`${models.failed} failed`]),
        ...(run.startedBy === null ? [] : [`by ${run.startedBy}`]),
        "3 shows it",
    ];
    return {
        text: ` ${theme.symbols.running} ${parts.join("  ")}`,
        role: models.failed > 0 ? "failed" : "running",
    };
}
