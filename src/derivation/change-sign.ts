/** The column of `changed` that says whether a row is an old version (−1) or a new one (+1). */
export const changeSign = "change_sign";
