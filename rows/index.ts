export type { AvroField, AvroRecord } from "./avro-field.ts";
export {
  decisionsInOrder,
  placedDecisions,
  type DecisionOrderOptions,
  type PlacedDecision,
} from "./decisions-in-order.ts";
export { divideEpisodes, entryOrder, type EpisodeEntry, type EpisodePlace } from "./episodes/divide.ts";
export { episodeRowOf } from "./episodes/episode-row.ts";
export { episodesTopic } from "./episodes/episode-schema.ts";
export { closedAfterMs, overAfterMs } from "./episodes/episode-times.ts";
export { episodesOfRows } from "./episodes/episodes-of-rows.ts";
export { keySequences } from "./episodes/sequences.ts";
export { StepsHash } from "./episodes/hash-steps.ts";
export { stepOf } from "./episodes/step-of.ts";
export { stepsInOrder } from "./episodes/steps-in-order.ts";
export { isLearnable, treatedText, withoutExtremes, type TreatedValues } from "./extremes.ts";
export { hashNewestRows, hashRows, newestRows } from "./hash-rows.ts";
export { keepNewest } from "./keep-newest.ts";
export type { KeptPlace } from "./kept/kept-rows.ts";
export { leftOutText, LeftOutRows, type LeftOut } from "./left-out.ts";
export { readRows, type RowsRead, type RowsReading } from "./read-rows.ts";
export { keepFeatures } from "./packed/packed-rows.ts";
export { rowId } from "./row-id.ts";
export { rowOf } from "./row-of.ts";
export { rowColumns, rowSchema, rowsNamespace } from "./row-schema.ts";
export { rowsInOrder, type OrderOptions } from "./rows-in-order.ts";
export { rowsTopic } from "./rows-topic.ts";
export { openSpill, SpillError } from "./sort/spill-file.ts";
export type { Spill } from "./sort/spill.ts";
export type { TrainingMatrix } from "./training-matrix.ts";
export {
  columnOf,
  featuresOf,
  matrixOf,
  sharedFloats,
  splitNewest,
  vectorOf,
  vectorsOf,
  weightsOf,
} from "./training-set.ts";
