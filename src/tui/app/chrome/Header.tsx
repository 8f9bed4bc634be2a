import type { ConnectionState } from "../app.js";
import { Box, React, useEffect, useState, type ReactElement } from "../../kit/ink.js";
import type { ScreenId } from "../../kit/keymap.js";
import type { Shell } from "../make-app.js";
import { Painted } from "../../kit/Painted.js";
import { Styled, useTheme } from "../../kit/Styled.js";
import type { Theme } from "../../kit/theme.js";
import { useDerived, useReadable } from "../../kit/use-readable.js";
import { layOutTabs, leastNameWidth, productName } from "./header-line.js";

export interface HeaderProps {
    readonly shell: Shell;
}

/** The tabs, the screen's title, and a rule or the state of the connection. */
export function Header({ shell }: HeaderProps): ReactElement {
    const { app } = shell;
    const { columns } = useReadable(app.size);
    const theme = useTheme();
    const screenId = useReadable(shell.screenId);
    const connection = useReadable(app.connection);
    const screen = shell.screen();
    const title = useDerived(screen.changes, () => formatTitle(() => screen.title(columns - 2), theme));
    return (
        <>
            <Tabs current={screenId} ids={shell.tabs} databaseName={app.databaseName} columns={columns} />
            <Box paddingLeft={1}>
                <Painted lines={[title]} />
            </Box>
            {connection.kind === "open" ? (
                <Rule columns={columns} words={app.isReadOnly ? " read only " : ""} />
            ) : (
                <Connection state={connection} now={app.now} />
            )}
        </>
    );
}

export interface TabsProps {
    readonly current: ScreenId;
    /** In the order of their keys. */
    readonly ids: readonly ScreenId[];
    readonly databaseName: string;
    readonly columns: number;
}

/** The screens with their keys, the database at the right. */
export const Tabs = React.memo(function Tabs({ current, ids, databaseName, columns }: TabsProps): ReactElement {
    const tabs = layOutTabs(current, columns, ids);
    const last = tabs.at(-1);
    const room = columns - (last === undefined ? 0 : last.start + last.label.length) - 2;
    return (
        <Box width={columns}>
            <Box flexShrink={0}>
                <Styled role="strong">{productName}</Styled>
                {tabs.map(({ id, label }) => (
                    <Styled key={id} role={id === current ? "accent" : "dim"}>
                        {label}
                    </Styled>
                ))}
            </Box>
            {room >= leastNameWidth && (
                <Box flexGrow={1} justifyContent="flex-end" paddingX={1}>
                    <Styled role="dim">{databaseName}</Styled>
                </Box>
            )}
        </Box>
    );
});

function Rule({ columns, words }: { readonly columns: number; readonly words: string }): ReactElement {
    const { symbols } = useTheme();
    return <Styled role="dim">{`${symbols.rule.repeat(columns - words.length)}${words}`}</Styled>;
}

export interface ConnectionProps {
    readonly state: Exclude<ConnectionState, { kind: "open" }>;
    readonly now: () => number;
}

/** Says what is done to open the database, or that the connection is lost and when it is tried again. */
export function Connection({ state, now }: ConnectionProps): ReactElement {
    const { symbols } = useTheme();
    useSeconds(state.kind === "lost");
    if (state.kind === "opening") {
        const doing = [state.doing, ...(state.progress === null ? [] : [state.progress])].join(": ");
        return <Styled role="running">{` ${symbols.running} ${doing} ${symbols.ellipsis}`}</Styled>;
    }
    const seconds = Math.max(0, Math.ceil((state.retryAtMs - now()) / 1000));
    const next = seconds === 0 ? "trying again" : `next try in ${seconds} s, r tries now`;
    return <Styled role="failed">{` ${symbols.failed} No database (${next}): ${state.message}`}</Styled>;
}

function formatTitle(title: () => string, theme: Theme): string {
    try {
        return title();
    } catch (error) {
        return theme.style("failed", String(error));
    }
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
