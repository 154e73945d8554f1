import type {
  Backbone,
  Fetch,
  GroupListener,
  GroupReader,
  LogRecord,
  MemberMemory,
  OutgoingRecord,
  Position,
  Reader,
  TopicPartition,
  TopicSpec,
} from "../../../streams/backbone/backbone.ts";

let topics = 0;

/** Creates a topic nobody else has, and returns its name. */
export async function newTopic(backbone: Backbone, spec: Partial<TopicSpec> = {}): Promise<string> {
  const name = `t-${process.pid}-${Date.now().toString(36)}-${++topics}`;
  await backbone.ensureTopics([{ partitions: 1, cleanup: "delete", ...spec, name }]);
  return name;
}

export const bytes = (text: string): Uint8Array => Buffer.from(text);
export const text = (value: Uint8Array | null): string | null =>
  value === null ? null : Buffer.from(value).toString();
export const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

export function outgoing(topic: string, value: string, more: Partial<OutgoingRecord> = {}): OutgoingRecord {
  return { topic, partition: 0, timestamp: 1_700_000_000_000, key: null, value: bytes(value), ...more };
}

/** Polls until so many records came in all; the test's own time limit ends a wait that is in vain. */
export async function readCount(reader: Reader, count: number): Promise<Map<string, LogRecord[]>> {
  const records = new Map<string, LogRecord[]>();
  for (let seen = 0; seen < count;) {
    for (const fetch of await reader.poll(1_000)) {
      seen += fetch.records.length;
      append(records, fetch);
    }
  }
  return records;
}

function append(records: Map<string, LogRecord[]>, fetch: Fetch): void {
  const name = nameOf(fetch);
  const list = records.get(name);
  if (list === undefined) records.set(name, [...fetch.records]);
  else list.push(...fetch.records);
}

/** Every record of the topics from their start to their end as it is now, the way restores and tools read. */
export async function readAll(backbone: Backbone, ...names: readonly string[]): Promise<Map<string, LogRecord[]>> {
  const offsets = await backbone.offsets(names);
  const open = new Map(offsets.filter(({ start, end }) => start < end).map((at) => [nameOf(at), at.end]));
  const reader = await backbone.reader(
    offsets.map(({ topic, partition, start }) => ({ topic, partition, offset: start })),
  );
  const records = new Map<string, LogRecord[]>(offsets.map((at) => [nameOf(at), []]));
  try {
    while (open.size > 0) {
      for (const fetch of await reader.poll(1_000)) {
        append(records, fetch);
        if (fetch.records.at(-1)!.offset + 1 >= (open.get(nameOf(fetch)) ?? 0)) open.delete(nameOf(fetch));
      }
    }
  } finally {
    await reader.close();
  }
  return records;
}

export async function valuesOf(backbone: Backbone, topic: string, partition = 0): Promise<(string | null)[]> {
  const records = await readAll(backbone, topic);
  return records.get(nameOf({ topic, partition }))!.map((record) => text(record.value));
}

export interface Event {
  readonly member: string;
  readonly kind: "assigned" | "revoking" | "revoked";
  readonly partitions: readonly string[];
}

export interface Member {
  readonly group: GroupReader;
  readonly records: Map<string, LogRecord[]>;
  owned(): readonly string[];
  /** Stops polling, so that the member may be used by hand or closed. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** A member of a group that polls beside the test, and writes down what happens in `events`. */
export async function joinGroup(
  backbone: Backbone,
  options: {
    readonly groupId: string;
    readonly copartitioned: readonly (readonly string[])[];
    readonly name?: string;
    readonly events?: Event[];
    readonly starts?: readonly Position[];
    readonly onRevoked?: () => Promise<void>;
    readonly memory?: MemberMemory;
  },
): Promise<Member> {
  const member = options.name ?? "member";
  const events = options.events ?? [];
  const owned = new Set<string>();
  const listener: GroupListener = {
    assigned(partitions) {
      const names = partitions.map(nameOf).sort();
      for (const name of names) owned.add(name);
      events.push({ member, kind: "assigned", partitions: names });
      const starts = (options.starts ?? []).filter((start) => names.includes(nameOf(start)));
      return Promise.resolve(starts);
    },
    async revoked(partitions) {
      const names = partitions.map(nameOf).sort();
      events.push({ member, kind: "revoking", partitions: names });
      await options.onRevoked?.();
      for (const name of names) owned.delete(name);
      events.push({ member, kind: "revoked", partitions: names });
    },
  };
  const { groupId, copartitioned, memory } = options;
  const group = await backbone.group({ groupId, copartitioned, listener, memory });
  const records = new Map<string, LogRecord[]>();
  let polling = true;
  const polled = (async () => {
    while (polling) for (const fetch of await group.poll(50)) append(records, fetch);
  })();
  const stop = async (): Promise<void> => {
    polling = false;
    await polled;
  };
  return {
    group,
    records,
    owned: () => [...owned].sort(),
    stop,
    async close() {
      await stop();
      await group.close();
    },
  };
}
