export { SAMPLED_DECISIONS } from "./read-sample.ts";
export { suggestFromTables, type SuggestOptions } from "./suggest-from-tables.ts";
