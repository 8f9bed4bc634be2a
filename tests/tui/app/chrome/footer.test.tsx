import { render } from "ink-testing-library";
import { expect, it } from "vitest";
import { Hints, QuestionLine } from "../../../../src/tui/app/chrome/Footer.js";
import { React } from "../../../../src/tui/kit/ink.js";
import { plainLine } from "../../plain-line.js";

function draw(element: React.ReactElement): string {
    const { lastFrame, unmount } = render(element);
    unmount();
    return plainLine(lastFrame() ?? "").trimEnd();
}

it("names keys and what they do", () => {
    expect(
        draw(
            <Hints
                hints={[
                    ["?", "help"],
                    ["⏎", "open"],
                ]}
            />,
        ),
    ).toBe("? help  ⏎ open");
});

it("leaves room for an answer however long the question is", () => {
    const long = "Which of the many columns of this relation should be searched for it";
    expect(draw(<QuestionLine label="find" edited={{ text: "abc", cursor: 3 }} columns={40} />)).toBe(" find abc");
    expect(draw(<QuestionLine label={long} edited={{ text: "abc", cursor: 3 }} columns={40} />)).toBe(
        " Which of the many… abc",
    );
});
