/** A painted line as plain text. */
export function plainLine(line: string): string {
    // eslint-disable-next-line no-control-regex -- escape sequences are what this takes away
    return line.replaceAll(/\x1b\[[0-9;]*m/g, "");
}

/** As `plainLine`, with `[` and `]` around what is reversed. */
export function markedLine(line: string): string {
    // eslint-disable-next-line no-control-regex -- escape sequences are what this reads
    return plainLine(line.replaceAll(/\x1b\[7m((?:(?!\x1b\[0m).)*)\x1b\[0m/g, "[$1]"));
}
