export { SAMPLED_DECISIONS } from "./read-sample.ts";
export { suggestFromTables, type SuggestOptions } from "./suggest-from-tables.ts";
export { suggestFromTopics, type SuggestFromTopics } from "./suggest-from-topics.ts";
export type { ReadOfTopic } from "./topic-records.ts";
