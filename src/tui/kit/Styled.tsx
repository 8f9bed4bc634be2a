import { createContext, React, Text, useContext, type ReactElement } from "./ink.js";
import { makeVisible } from "../../text/visible-text.js";
import { makeTheme, type Role, type Theme } from "./theme.js";

/** How everything below it looks. */
export const ThemeContext = createContext<Theme>(makeTheme("mono", false));

export function useTheme(): Theme {
    return useContext(ThemeContext);
}

export interface StyledProps {
    /** What the text is, from which the theme makes its looks; plain when not given. */
    readonly role?: Role;
    /** What happens to what does not fit; cut when not given. */
    readonly wrap?: "wrap" | "truncate";
    /** Text from anywhere: control characters are made visible. */
    readonly children: string;
}

/** A text in the looks of its role. */
export function Styled({ role = "plain", wrap = "truncate", children }: StyledProps): ReactElement {
    const theme = useTheme();
    // Line by line, as Ink breaks lines without closing a style that we have opened.
    const text = children.split("\n").map((line) => theme.style(role, makeVisible(line)));
    return <Text wrap={wrap}>{text.join("\n")}</Text>;
}
