/** Plain data: what a document, a patch and a file are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export type JsonObject = Readonly<Record<string, Json>>
