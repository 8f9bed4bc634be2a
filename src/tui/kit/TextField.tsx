import {
    Box,
    createContext,
    React,
    Text,
    useContext,
    useLayoutEffect,
    useRef,
    type DOMElement,
    type ReactElement,
} from "./ink.js";
import type { CellPlace } from "../terminal/compose-frame.js";
import type { EditedText } from "./line-editor.js";
import { formatEditLine } from "./lines/edit-line.js";

/** Puts the terminal's own cursor on a cell of what Ink draws, where input methods show what is being composed; null hides it. */
export const CursorContext = createContext<(place: CellPlace | null) => void>(() => undefined);

interface CursorBoxProps {
    /** Where the cursor stands inside the box. */
    readonly cursor: CellPlace;
    readonly children: ReactElement;
}

/** A box in which a text is edited: the terminal's cursor is in it as long as it is drawn. */
function CursorBox({ cursor, children }: CursorBoxProps): ReactElement {
    const box = useRef<DOMElement>(null);
    const setCursor = useContext(CursorContext);
    useLayoutEffect(() => {
        const { row, column } = placeOf(box.current);
        setCursor({ row: row + cursor.row, column: column + cursor.column });
    });
    useLayoutEffect(
        () => () => {
            setCursor(null);
        },
        [setCursor],
    );
    return (
        <Box ref={box} flexDirection="column">
            {children}
        </Box>
    );
}

export interface TextFieldProps {
    readonly edited: EditedText;
    readonly width: number;
}

/** A text of one line that is being edited: as much as fits around its cursor. */
export function TextField({ edited, width }: TextFieldProps): ReactElement {
    const { line, column } = formatEditLine(edited, width);
    return (
        <CursorBox cursor={{ row: 0, column }}>
            <Box width={width} height={1}>
                <Text wrap="truncate">{line}</Text>
            </Box>
        </CursorBox>
    );
}

/** The first cell of a box in what Ink has laid out. */
function placeOf(element: DOMElement | null): CellPlace {
    let [row, column] = [0, 0];
    for (let node = element; node !== null; node = node.parentNode ?? null) {
        row += node.yogaNode?.getComputedTop() ?? 0;
        column += node.yogaNode?.getComputedLeft() ?? 0;
    }
    return { row, column };
}
