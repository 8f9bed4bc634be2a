import type { Connection } from "../connection.js";

const mostKept = 500;

/**
 * Keeps for some time what has been found in the database, by a key: for questions that come again and again.
 *
 * @param now a clock that only goes forward, in milliseconds
 */
export function remember<Question, Answer>(
    load: (connection: Connection, question: Question) => Promise<Answer>,
    keyOf: (question: Question) => string,
    keptMs: number,
    now: () => number,
): (connection: Connection, question: Question) => Promise<Answer> {
    const kept = new Map<string, { readonly answer: Answer; readonly foundAtMs: number }>();
    return async (connection, question) => {
        const key = keyOf(question);
        const known = kept.get(key);
        if (known !== undefined && now() - known.foundAtMs <= keptMs) {
            return known.answer;
        }
        const answer = await load(connection, question);
        if (kept.size >= mostKept) {
            kept.clear();
        }
        kept.set(key, { answer, foundAtMs: now() });
        return answer;
    };
}
