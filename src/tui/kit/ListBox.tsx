import { Box, React, type ReactElement } from "./ink.js";
import type { TerminalSize } from "../terminal/open-terminal.js";
import type { EditedText } from "./line-editor.js";
import { markSelected } from "./lines/table-lines.js";
import type { ListArea } from "./list-area.js";
import { Painted } from "./Painted.js";
import { Styled, useTheme } from "./Styled.js";
import { TextField } from "./TextField.js";

export interface ListBoxProps<Item> {
    readonly size: TerminalSize;
    readonly items: readonly Item[];
    readonly area: ListArea;
    /** A line of the list without its mark. */
    readonly lineOf: (item: Item, width: number, isSelected: boolean) => string;
    /** The text that filters the list, typed above it. */
    readonly search?: EditedText | undefined;
    /** A line above the list that says what is listed. */
    readonly head?: string | undefined;
    /** A line below the list about the selected item. */
    readonly note?: string | undefined;
}

/** A list to choose from, with the text field above it and the note below it. */
export function ListBox<Item>({ size, items, area, lineOf, search, head, note }: ListBoxProps<Item>): ReactElement {
    const theme = useTheme();
    const { columns, rows } = size;
    // Each of these parts has a blank line between itself and the list.
    const others = [search, head, note].filter((part) => part !== undefined).length * 2;
    const height = Math.max(1, rows - others);
    const { cursor, offset } = area.fit(height);
    return (
        <Box flexDirection="column" width={columns}>
            {search !== undefined && (
                <Box marginBottom={1}>
                    <Styled role="accent">{"› "}</Styled>
                    <TextField edited={search} width={columns - 2} />
                </Box>
            )}
            {head !== undefined && (
                <Box marginBottom={1}>
                    <Styled role="dim">{head}</Styled>
                </Box>
            )}
            <Box height={height} flexDirection="column" overflow="hidden">
                <Painted
                    lines={items.slice(offset, offset + height).map((item, index) => {
                        const isSelected = index + offset === cursor;
                        return markSelected(lineOf(item, columns - 1, isSelected), isSelected, columns, theme);
                    })}
                />
            </Box>
            {note !== undefined && (
                <Box marginTop={1}>
                    <Styled role="dim">{note === "" ? " " : note}</Styled>
                </Box>
            )}
        </Box>
    );
}
