/** Asks the thread beside the embedded database whose turn it is: `Turn` as JSON. */
export const turnQuestion = Buffer.from("?");
