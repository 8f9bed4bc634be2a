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

/** Puts the terminal's cursor, at which input methods show the text being composed, on a cell of Ink's frame; null hides it. */
export const CursorContext = createContext<(place: CellPlace | null) => void>(() => undefined);

interface CursorBoxProps {
    /** The cursor's cell inside the box. */
    readonly cursor: CellPlace;
    readonly children: ReactElement;
}

/** A box in which a text is edited: it holds the terminal's cursor as long as it is mounted. */
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

/** One line of text being edited: as much as fits around its cursor. */
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

/** The top left cell of a box in Ink's layout. */
function placeOf(element: DOMElement | null): CellPlace {
    let [row, column] = [0, 0];
    for (let node = element; node !== null; node = node.parentNode ?? null) {
        row += node.yogaNode?.getComputedTop() ?? 0;
        column += node.yogaNode?.getComputedLeft() ?? 0;
    }
    return { row, column };
}
