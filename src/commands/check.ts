/** One thing that has to be right, and how it is. */
export interface Check {
    readonly name: string;
    readonly status: "ok" | "warning" | "failed";
    readonly found: string;
    /** The way out; null where none is needed. */
    readonly hint: string | null;
}

export function ok(name: string, found: string): Check {
    return { name, status: "ok", found, hint: null };
}

export function warning(name: string, found: string, hint: string): Check {
    return { name, status: "warning", found, hint };
}

export function failed(name: string, found: string, hint: string): Check {
    return { name, status: "failed", found, hint };
}
