import type { LiveBlock } from "./live-block.js";

/** A position in the files of a deck. */
export interface Place {
    /** The file's name, without its folder. */
    readonly file: string;
    /** From 1. */
    readonly line: number;
}

/** A part of a text with its style. */
export interface Span {
    readonly text: string;
    readonly isStrong: boolean;
    readonly isEmphasis: boolean;
    readonly isCode: boolean;
    /** The address of a link; null for other text. */
    readonly href: string | null;
}

export type ColumnAlign = "left" | "right" | "center";

/** A part of a slide; the parts are in order from top to bottom. */
export type SlideNode =
    | { readonly kind: "heading"; readonly level: number; readonly spans: readonly Span[] }
    | { readonly kind: "paragraph"; readonly spans: readonly Span[] }
    | {
          readonly kind: "list";
          /** The number of the first item; null for bullets. */
          readonly start: number | null;
          readonly items: readonly (readonly SlideNode[])[];
      }
    | { readonly kind: "quote"; readonly nodes: readonly SlideNode[] }
    | { readonly kind: "code"; readonly language: string; readonly text: string }
    | {
          readonly kind: "table";
          readonly aligns: readonly ColumnAlign[];
          readonly head: readonly (readonly Span[])[];
          readonly rows: readonly (readonly (readonly Span[])[])[];
      }
    | { readonly kind: "rule" }
    | { readonly kind: "block"; readonly block: LiveBlock; readonly place: Place }
    | WrongNode;

/** A part of a slide that could not be parsed. */
export interface WrongNode {
    readonly kind: "wrong";
    /** What is wrong, in a sentence. */
    readonly message: string;
    /** How to mend it. */
    readonly hint: string;
    readonly place: Place;
    /** The text of the part as it is written in the file. */
    readonly text: string;
}

export interface Slide {
    /** The text of its first heading, else of its first paragraph, else the file's name; never empty. */
    readonly title: string;
    /** The heading that it begins with, level 1 for a cover; null when it begins with something else. */
    readonly heading: { readonly level: number; readonly spans: readonly Span[] } | null;
    /** The parts below the heading. */
    readonly nodes: readonly SlideNode[];
    /** Speaker notes as Markdown; empty for none. */
    readonly notes: string;
    readonly place: Place;
}

export interface Deck {
    /** The name of the folder. */
    readonly name: string;
    /** At least one slide. */
    readonly slides: readonly Slide[];
}

/** A live block of a slide, and its place in the files. */
export interface PlacedBlock {
    readonly block: LiveBlock;
    readonly place: Place;
}

/** The live blocks of a slide, in order. */
export function listBlocks({ nodes }: Pick<Slide, "nodes">): readonly PlacedBlock[] {
    return nodes.flatMap((node) => (node.kind === "block" ? [node] : []));
}

/** The text of the spans without their styles. */
export function textOf(spans: readonly Span[]): string {
    return spans.map(({ text }) => text).join("");
}
