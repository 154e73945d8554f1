export { createKafkaBackbone } from "./kafka-backbone.ts";
export { kafkaDefaults, type KafkaBackboneOptions } from "./cluster/options.ts";
