import type { LiveBlock } from "./live-block.js";

/** A position in the files of a deck. */
export interface Place {
    /** The file's name, without its folder. */
    readonly file: string;
    /** From 1. */
    readonly line: number;
}

/** A stretch of text and how it is meant. */
export interface Span {
    readonly text: string;
    readonly isStrong: boolean;
    readonly isEmphasis: boolean;
    readonly isCode: boolean;
    /** Where it leads, for a link. */
    readonly href: string | null;
}

export type ColumnAlign = "left" | "right" | "center";

/** Something on a slide, from top to bottom. */
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

/** What cannot be shown as it was meant. */
export interface WrongNode {
    readonly kind: "wrong";
    /** What is wrong, in a sentence. */
    readonly message: string;
    /** The way out. */
    readonly hint: string;
    readonly place: Place;
    /** As it is written in the file. */
    readonly text: string;
}

export interface Slide {
    /** The text of its heading, or else of its first line; never empty. */
    readonly title: string;
    /** The heading that it begins with: level 1 for a cover, more for others; null when it has none. */
    readonly heading: { readonly level: number; readonly spans: readonly Span[] } | null;
    /** What comes below the heading. */
    readonly nodes: readonly SlideNode[];
    /** For the presenter alone, as Markdown; empty for none. */
    readonly notes: string;
    readonly place: Place;
}

export interface Deck {
    /** The folder, as a person would name it. */
    readonly name: string;
    /** At least one. */
    readonly slides: readonly Slide[];
}

/** A live block of a slide: what `load-block` reads and screens draw. */
export interface PlacedBlock {
    readonly block: LiveBlock;
    readonly place: Place;
}

/** The live blocks of a slide, in order. */
export function listBlocks({ nodes }: Pick<Slide, "nodes">): readonly PlacedBlock[] {
    return nodes.flatMap((node) => (node.kind === "block" ? [node] : []));
}

/** The text alone. */
export function textOf(spans: readonly Span[]): string {
    return spans.map(({ text }) => text).join("");
}
