import { Table, type TableProps, type TableValue } from "./ink-table.js";
import { React, Text, type PropsWithChildren, type ReactElement } from "./ink.js";
import type { Theme } from "./theme.js";

export interface DenseTableProps<Row extends Readonly<Record<string, TableValue>>> extends Pick<
    TableProps<Row>,
    "data" | "columns" | "cell"
> {
    readonly theme: Theme;
}

/** A table for a dialog, which has a frame already: one line a row, with lines only between columns. */
export function DenseTable<Row extends Readonly<Record<string, TableValue>>>({
    theme,
    ...table
}: DenseTableProps<Row>): ReactElement {
    const { header, skeleton } = React.useMemo(() => makeParts(theme), [theme]);
    return <Table {...table} header={header} skeleton={skeleton} />;
}

interface Parts {
    readonly header: React.ComponentType<PropsWithChildren>;
    readonly skeleton: React.ComponentType<PropsWithChildren>;
}

function makeParts(theme: Theme): Parts {
    return {
        header: ({ children }) => <Text>{typeof children === "string" ? theme.style("dim", children) : null}</Text>,
        // ink-table also draws lines between rows and around the table, which would fill more than half of a small dialog.
        skeleton: ({ children }) =>
            children === "│" ? <Text>{theme.style("dim", theme.isAscii ? "|" : "│")}</Text> : null,
    };
}
