import { createContext, React, Text, useContext, type ReactElement } from "./ink.js";
import { makeVisible } from "../../text/visible-text.js";
import { makeTheme, type Role, type Theme } from "./theme.js";

/** The theme of the components below the provider. */
export const ThemeContext = createContext<Theme>(makeTheme("mono", false));

export function useTheme(): Theme {
    return useContext(ThemeContext);
}

export interface StyledProps {
    /** What the text is; the theme decides how that looks. `plain` when not given. */
    readonly role?: Role;
    /** What happens to text that does not fit; cut when not given. */
    readonly wrap?: "wrap" | "truncate";
    /** Text from anywhere: control characters are made visible. */
    readonly children: string;
}

/** A text styled by its role. */
export function Styled({ role = "plain", wrap = "truncate", children }: StyledProps): ReactElement {
    const theme = useTheme();
    // Styled line by line, because Ink breaks lines without closing an open style.
    const text = children.split("\n").map((line) => theme.style(role, makeVisible(line)));
    return <Text wrap={wrap}>{text.join("\n")}</Text>;
}
