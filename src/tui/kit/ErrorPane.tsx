import { React, Text, type ReactNode } from "./ink.js";
import { fitText } from "./lines/fit-text.js";

interface ErrorPaneState {
    readonly error: Error | null;
}

/** Shows an error that its children throw in their place; the rest of the screen goes on. A new `key` tries again. */
export class ErrorPane extends React.Component<{ readonly children: ReactNode }, ErrorPaneState> {
    override state: ErrorPaneState = { error: null };

    static getDerivedStateFromError(error: unknown): ErrorPaneState {
        return { error: error instanceof Error ? error : new Error(String(error)) };
    }

    override render(): ReactNode {
        const { error } = this.state;
        return error === null ? (
            this.props.children
        ) : (
            <Text wrap="truncate">{` This could not be drawn: ${fitText(error.message, 200).trimEnd()}`}</Text>
        );
    }
}
