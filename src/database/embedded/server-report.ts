/** The one message that a server process sends to the process that started it. */
export type ServerReport =
    | { readonly kind: "ready" }
    /** Another server was faster: connect to that one. */
    | { readonly kind: "taken" }
    | { readonly kind: "failed"; readonly message: string; readonly hint: string };
