/** A quoted identifier: `we"ird` becomes `"we""ird"`. The only place where names enter SQL text. */
export function quoteIdentifier(name: string): string {
    return `"${name.replaceAll('"', '""')}"`;
}

/** A quoted, schema-qualified name: `"warehouse"."fct_orders"`. */
export function quoteQualified(schema: string, name: string): string {
    return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/** A quoted string literal, safe whatever `standard_conforming_strings` says. For DDL, where no parameter is allowed. */
export function quoteLiteral(text: string): string {
    const quoted = `'${text.replaceAll("'", "''")}'`;
    return quoted.includes("\\") ? ` E${quoted.replaceAll("\\", "\\\\")}` : quoted;
}
