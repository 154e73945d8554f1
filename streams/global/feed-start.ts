import type { Backbone, Position } from "../backbone/backbone.ts";
import { TopicView, type Move } from "../backbone/topic-view.ts";
import type { StateDatabase } from "../state/engine.ts";
import { positionChange, positionsIn, topicIdChange, topicIdsIn } from "./feed-store.ts";
import type { GlobalSource } from "../global-source.ts";

/** The start of a feed's reading. */
export interface FeedStart {
  readonly positions: readonly Position[];
  /** Starts of partitions, by `topic/partition`. */
  readonly starts: ReadonlyMap<string, number>;
  /** Topics of folds that are read from their start, though they hold records. */
  readonly anew: ReadonlySet<string>;
  /** Partitions of folds that are read from another position than their last one, as `topic/partition`. */
  readonly moved: readonly string[];
  /** Of the topics, if they have any. */
  readonly ids: Readonly<Record<string, string>>;
  /** Topics of tables that are other topics than before. */
  readonly lost: ReadonlySet<string>;
}

/**
 * Tables are read from the start of their topics, folds from the database's positions. The database then knows the
 * present topics.
 */
export async function settleStart(
  database: StateDatabase,
  backbone: Pick<Backbone, "offsets" | "describe" | "ranges">,
  sources: readonly GlobalSource[],
  onMove?: (move: Move) => void,
): Promise<FeedStart> {
  const topics = [...new Set(sources.map(({ topic }) => topic.name))];
  const view = await TopicView.of(backbone, topics);
  const known = await topicIdsIn(database);
  const stored = await positionsIn(database);
  const changes = Object.entries(view.ids).map(([topic, id]) => topicIdChange(topic, id));
  const offsets = await backbone.offsets(topics);
  const positions: Position[] = [];
  const anew = new Set<string>();
  const moved: string[] = [];
  for (const { topic, partition, start, end } of offsets) {
    const at = `${topic}/${partition}`;
    const isFolded = sources.some((source) => source.kind === "fold" && source.topic.name === topic);
    const next = isFolded ? stored[at] : undefined;
    if (isFolded && next === undefined && start < end) anew.add(topic);
    const offset = next ?? start;
    const move = next === undefined ? undefined : view.moveOf({ topic, partition, offset, topicId: known.get(topic) });
    if (move !== undefined) {
      onMove?.(move);
      moved.push(at);
      changes.push(positionChange(at, move.to));
    }
    positions.push({ topic, partition, offset: move?.to ?? offset });
  }
  await database.write(changes);
  const tables = sources.filter(({ kind }) => kind === "table").map(({ topic }) => topic.name);
  const starts = new Map(offsets.map(({ topic, partition, start }) => [`${topic}/${partition}`, start]));
  const lost = new Set(tables.filter((name) => view.ids[name] !== (known.get(name) ?? view.ids[name])));
  return { positions, starts, anew, moved, ids: view.ids, lost };
}
