/**
 * Replaces a named section: the lines between `<!-- NAME: written by … -->` and `<!-- end of NAME -->`.
 * The new section is marked so that Prettier leaves it alone.
 */
export function replaceSection(text: string, name: string, section: string): string {
    const start = `<!-- ${name}: written by \`npm run reference\` -->`;
    const end = `<!-- end of ${name} -->`;
    const [before = "", rest = ""] = text.split(start);
    const [, after = ""] = rest.split(end);
    const kept = `<!-- prettier-ignore-start -->\n\n${section}\n\n<!-- prettier-ignore-end -->`;
    return `${before}${start}\n${kept}\n${end}${after}`;
}
