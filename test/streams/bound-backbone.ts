import type { Backbone } from "../../streams/index.ts";

/** The backbone's methods, so that some of them can be replaced. */
export function bound(whole: Backbone): Backbone {
  return {
    kind: whole.kind,
    fencesOffsets: whole.fencesOffsets,
    ensureTopics: (specs) => whole.ensureTopics(specs),
    partitions: (topic) => whole.partitions(topic),
    topics: () => whole.topics(),
    retention: (topics) => whole.retention(topics),
    retain: (topics) => whole.retain(topics),
    grow: (topic, partitions) => whole.grow(topic, partitions),
    describe: (topics) => whole.describe(topics),
    offsets: (topics) => whole.offsets(topics),
    ranges: (topics) => whole.ranges(topics),
    producer: (options) => whole.producer(options),
    group: (options) => whole.group(options),
    reader: (positions, options) => whole.reader(positions, options),
    committed: (groupId, topics) => whole.committed(groupId, topics),
    commit: (groupId, positions) => whole.commit(groupId, positions),
    close: () => whole.close(),
  };
}
