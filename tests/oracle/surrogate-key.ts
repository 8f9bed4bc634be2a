import { createHash } from "node:crypto";
import type { Timestamp } from "./timestamp.js";

/** The first 64 bits of the text's md5 as a signed integer. */
export function surrogateKey(text: string): string {
    return createHash("md5").update(text, "utf8").digest().readBigInt64BE(0).toString();
}

/** The key of the member version that is valid from then on: of its id and the seconds since 1970, with six decimals. */
export function memberKey(id: number, validFrom: Timestamp): string {
    const seconds = validFrom / 1_000_000n;
    const micros = validFrom - seconds * 1_000_000n;
    const sign = validFrom < 0n ? "-" : "";
    const fraction = magnitude(micros).toString().padStart(6, "0");
    return surrogateKey(`${id}|${sign}${magnitude(seconds)}.${fraction}`);
}

function magnitude(value: bigint): bigint {
    return value < 0n ? -value : value;
}
