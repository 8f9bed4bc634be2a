/**
 * SQL for a jsonb object whose numbers JavaScript can hold: numbers of more than 15 digits, such as surrogate keys with 19,
 * become strings.
 *
 * @param row SQL of the object; null stays null
 */
export function keepDigitsSql(row: string): string {
    return `(
        select jsonb_object_agg(
            key,
            case
                when jsonb_typeof(value) = 'number' and length(regexp_replace(value #>> '{}', '\\D', '', 'g')) > 15
                    then to_jsonb(value #>> '{}')
                else value
            end
        )
        from jsonb_each(${row})
    )`;
}
