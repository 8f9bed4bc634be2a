/** The column of `changed` that says whether a row is as it was (−1) or as it is (+1). */
export const changeSign = "change_sign";
