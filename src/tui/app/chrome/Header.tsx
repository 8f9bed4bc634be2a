import type { App, ConnectionState } from "../app.js";
import { React, Text, useEffect, useState, type ReactElement } from "../../kit/ink.js";
import type { Shell } from "../make-app.js";
import { fitText } from "../../kit/lines/fit-text.js";
import type { Theme } from "../../kit/theme.js";
import { useReadable, useText } from "../../kit/use-readable.js";
import { formatHeaderLine } from "./header-line.js";

export interface HeaderProps {
    readonly shell: Shell;
}

/** The tabs, what the screen shows, and a rule or how things stand with the database. */
export function Header({ shell }: HeaderProps): ReactElement {
    const { app } = shell;
    const { columns } = useReadable(app.size);
    const theme = useReadable(app.theme);
    const screenId = useReadable(shell.screenId);
    const connection = useReadable(app.connection);
    const screen = shell.screen();
    const title = useText(screen.changes, () => formatTitle(() => screen.title(columns - 2), theme));
    useSeconds(connection.kind === "lost");
    return (
        <>
            <Text wrap="truncate">{formatHeaderLine(screenId, app.databaseName, columns, theme, shell.tabs)}</Text>
            <Text wrap="truncate">{title}</Text>
            <Text wrap="truncate">{formatRule(connection, columns, theme, app)}</Text>
        </>
    );
}

function formatTitle(title: () => string, theme: Theme): string {
    try {
        return ` ${title()}`;
    } catch (error) {
        return theme.style("failed", ` ${String(error)}`);
    }
}

function formatRule(
    connection: ConnectionState,
    columns: number,
    theme: Theme,
    { isReadOnly, now }: Pick<App, "isReadOnly" | "now">,
): string {
    switch (connection.kind) {
        case "open":
            return theme.style("dim", formatOpenRule(columns, theme, isReadOnly));
        case "opening": {
            const doing = [connection.doing, ...(connection.progress === null ? [] : [connection.progress])].join(": ");
            const text = ` ${theme.symbols.running} ${doing} ${theme.symbols.ellipsis}`;
            return theme.style("running", fitText(text, columns));
        }
        case "lost": {
            const seconds = Math.max(0, Math.ceil((connection.retryAtMs - now()) / 1000));
            const next = seconds === 0 ? "trying again" : `next try in ${seconds} s, r tries now`;
            const mark = ` ${theme.symbols.failed} No database (${next}): ${connection.message}`;
            return theme.style("failed", fitText(mark, columns));
        }
    }
}

/** Says in the narrowest terminal, too, that nothing can be changed. */
function formatOpenRule(columns: number, theme: Theme, isReadOnly: boolean): string {
    const words = isReadOnly ? " read only " : "";
    return `${theme.symbols.rule.repeat(columns - words.length)}${words}`;
}

/** Draws again every second while `isOn`. */
function useSeconds(isOn: boolean): void {
    const [, setCount] = useState(0);
    useEffect(() => {
        if (!isOn) {
            return undefined;
        }
        const timer = setInterval(() => {
            setCount((count) => count + 1);
        }, 1000);
        return () => {
            clearInterval(timer);
        };
    }, [isOn]);
}
