import { render } from "ink-testing-library";
import { describe, expect, it } from "vitest";
import { Connection, Tabs } from "../../../../src/tui/app/chrome/Header.js";
import { paintFirstHeader } from "../../../../src/tui/app/chrome/header-line.js";
import { React } from "../../../../src/tui/kit/ink.js";
import { screenIds } from "../../../../src/tui/kit/keymap.js";
import { ThemeContext } from "../../../../src/tui/kit/Styled.js";
import { makeTheme } from "../../../../src/tui/kit/theme.js";
import { plainLine } from "../../plain-line.js";

const theme = makeTheme("dark", false);

function draw(element: React.ReactElement): string {
    const { lastFrame, unmount } = render(<ThemeContext.Provider value={theme}>{element}</ThemeContext.Provider>);
    unmount();
    return lastFrame() ?? "";
}

describe("Tabs", () => {
    it("has all names where there is room, and the current one where there is not", () => {
        const tabs = (columns: number): string =>
            plainLine(
                draw(<Tabs current="data" ids={screenIds} databaseName="shop at db" columns={columns} />),
            ).trimEnd();
        expect(tabs(100)).toBe(
            " stardeck  1 Home  2 Models  3 Build  4 Tests [5 Data] 6 Lineage  7 History  8 SQL       shop at db",
        );
        expect(tabs(83)).toBe(" stardeck  1 Home  2 Models  3 Build  4 Tests [5 Data] 6 Lineage  7 History  8 SQL");
        expect(tabs(80)).toBe(" stardeck 1 Home 2 Models 3 Build 4 Tests [5 Data] 6 Lineage 7 History 8 SQL");
        expect(tabs(60)).toBe(" stardeck  1  2  3  4 [5 Data] 6  7  8           shop at db");
    });

    it.each([60, 79, 80, 83, 84, 90, 100])(
        "looks as the first frame did that was drawn without it at %d",
        (columns) => {
            for (const name of ["embedded", "a database with a name that is much too long for the line it stands in"]) {
                const first = paintFirstHeader(name, columns, theme);
                const drawn = draw(<Tabs current="home" ids={screenIds} databaseName={name} columns={columns} />);
                expect(plainLine(drawn).trimEnd()).toBe(plainLine(first).trimEnd());
            }
        },
    );
});

describe("Connection", () => {
    it("says what is done, how far it is, and when a lost database is tried again", () => {
        const say = (state: Parameters<typeof Connection>[0]["state"]): string =>
            plainLine(draw(<Connection state={state} now={() => 1_000} />));
        expect(say({ kind: "opening", doing: "landing the demo", progress: "3 of 90 days" })).toBe(
            " ~ landing the demo: 3 of 90 days …",
        );
        expect(say({ kind: "lost", message: "no answer\u0007", retryAtMs: 3_500 })).toBe(
            " ✗ No database (next try in 3 s, r tries now): no answer␇",
        );
    });
});
