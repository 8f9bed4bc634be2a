/** What a server process tells the process that started it, once, over the channel between them. */
export type ServerReport =
    | { readonly kind: "ready" }
    /** Another server was faster: connect to that one. */
    | { readonly kind: "taken" }
    | { readonly kind: "failed"; readonly message: string; readonly hint: string };
