import { listActions } from "../../kit/dispatch.js";
import { React, Text, useMemo, type ReactElement } from "../../kit/ink.js";
import type { Shell } from "../make-app.js";
import { estimateLeftOrNull } from "../builds/estimate-left.js";
import { formatHints } from "../../kit/keymap.js";
import { fitText } from "../../kit/lines/fit-text.js";
import { formatTicker } from "./ticker.js";
import type { Role, Theme } from "../../kit/theme.js";
import { useReadable, useText } from "../../kit/use-readable.js";
import { formatFooterLine } from "./footer-line.js";
import { formatQuestion } from "./format-question.js";
import type { Tone } from "../../kit/screen.js";

export interface FooterProps {
    readonly shell: Shell;
}

const roles: Readonly<Record<Tone, Role>> = { plain: "plain", ok: "ok", warned: "warned", failed: "failed" };

/** A question, a message or the running build; and the keys that matter now. */
export function Footer({ shell }: FooterProps): ReactElement {
    const { app } = shell;
    const { columns } = useReadable(app.size);
    const theme = useReadable(app.theme);
    const dialog = useReadable(shell.dialog);
    useReadable(shell.screenId);
    const screen = shell.screen();
    const keys = useText(dialog === null ? screen.changes : dialog.changes, () =>
        dialog === null
            ? formatFooterLine(listActions(screen.handlers, shell.shared, app.isReadOnly), columns, theme)
            : ` ${fitText(formatHints(dialog.hints, theme), columns - 2)}`,
    );
    return (
        <>
            <MessageLine shell={shell} />
            <Text wrap="truncate">{keys}</Text>
        </>
    );
}

function MessageLine({ shell }: FooterProps): ReactElement {
    const { app } = shell;
    const { columns } = useReadable(app.size);
    const theme = useReadable(app.theme);
    const question = useReadable(shell.question);
    const message = useReadable(shell.message);
    const runChanges = useMemo(() => [app.builds.current], [app]);
    const line = useText(runChanges, () => {
        if (question !== null) {
            return formatQuestion(question.question.label, question.edited, columns, theme).line;
        }
        return message === null
            ? formatRun(shell, columns, theme)
            : theme.style(roles[message.tone], fitText(` ${message.text}`, columns));
    });
    return <Text wrap="truncate">{line}</Text>;
}

function formatRun({ app, screenId }: Shell, columns: number, theme: Theme): string {
    if (screenId.get() === "build") {
        // The screen itself says more of it.
        return " ";
    }
    const run = app.builds.current.get();
    const left = run === null ? null : estimateLeftOrNull(run, app.catalogue.get().value?.graph ?? null, app.now());
    return formatTicker(run, left, app.now(), columns, theme);
}
