/** An operator of a certain schema, found without the search path: `operator(pg_catalog.=)`. */
export function buildOperator(schema: string, sign: string): string {
    return `operator(${schema}.${sign})`;
}
