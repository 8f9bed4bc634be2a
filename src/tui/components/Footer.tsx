import { listActions } from "../dispatch.js";
import { React, Text, type ReactElement } from "../ink.js";
import type { EditedText } from "../line-editor.js";
import type { Shell } from "../make-app.js";
import { estimateLeftOrNull } from "../estimate-left.js";
import { formatHints } from "../keymap.js";
import { fitText } from "../presentation/fit-text.js";
import { formatTicker } from "../presentation/ticker.js";
import type { Role, Theme } from "../theme.js";
import { useChanges, useReadable } from "../use-readable.js";
import { formatFooterLine } from "./footer-line.js";
import type { Tone } from "../app.js";

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
    useChanges(screen.changes);
    const keys =
        dialog === null
            ? formatFooterLine(listActions(screen.handlers, shell.shared, app.isReadOnly), columns, theme)
            : ` ${fitText(formatHints(dialog.hints, theme), columns - 2)}`;
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
    const run = useReadable(app.builds.current);
    if (question !== null) {
        return <Text wrap="truncate">{formatQuestion(question.question.label, question.edited, columns, theme)}</Text>;
    }
    if (message !== null) {
        return <Text wrap="truncate">{theme.style(roles[message.tone], fitText(` ${message.text}`, columns))}</Text>;
    }
    if (shell.screenId.get() === "build") {
        // The screen itself says more of it.
        return <Text> </Text>;
    }
    const left = run === null ? null : estimateLeftOrNull(run, app.catalogue.get().value?.graph ?? null, app.now());
    return <Text wrap="truncate">{formatTicker(run, left, app.now(), columns, theme)}</Text>;
}

/** The label, and as much of the text around the cursor as fits. */
export function formatQuestion(label: string, { text, cursor }: EditedText, columns: number, theme: Theme): string {
    const head = ` ${label} `;
    const room = Math.max(8, columns - head.length - 2);
    const start = Math.max(0, cursor - room + 1);
    const before = text.slice(start, cursor);
    const under = text.slice(cursor, cursor + 1) || " ";
    const after = text.slice(cursor + 1, cursor + 1 + Math.max(0, room - before.length - 1));
    return `${theme.style("accent", head)}${fitText(before, before.length)}${theme.style("selected", fitText(under, 1))}${fitText(after, after.length)}`;
}
