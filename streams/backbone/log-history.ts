/**
 * The openings of a log. After a power cut the log may end before records that were read from it, and new records then
 * get the offsets of lost ones. So an offset alone does not identify a record: only the offset and the epoch in which
 * it was seen do.
 */
export interface LogHistory {
  /** The present opening. State that is kept from now on belongs to this epoch. */
  readonly epoch: string;
  /** Earlier openings that are remembered, oldest first. */
  readonly past: readonly PastEpoch[];
  /** By name: the present topics' numbers, which the log never gives to others. Absent: they are not told. */
  readonly topics?: Readonly<Record<string, number>>;
}

export interface PastEpoch {
  /** `""`: the time before openings were counted. */
  readonly epoch: string;
  /** By `topic/partition`: the end that the log had when the next epoch began. A partition without records is left out. */
  readonly ends: Readonly<Record<string, number>>;
}

/**
 * Whether the log still has everything that was seen of it.
 * @param epoch in which it was seen; `undefined`: before epochs were counted.
 * @param positions by `topic/partition`: one past the last offset that was seen.
 */
export function isStillThere(
  { epoch: current, past }: LogHistory,
  epoch: string | undefined,
  positions: Readonly<Record<string, number>>,
): boolean {
  const seen = Object.entries(positions).filter(([, offset]) => offset > 0);
  if (seen.length === 0 || epoch === current) return true;
  const first = past.findIndex((each) => each.epoch === (epoch ?? ""));
  // An unknown epoch belongs to another log, was lost itself, or is too old.
  return first >= 0 && past.slice(first).every(({ ends }) => seen.every(([at, offset]) => offset <= (ends[at] ?? 0)));
}

/** The history of the same log under other topic names. */
export function seenAs({ epoch, past, topics }: LogHistory, nameOf: (topic: string) => string): LogHistory {
  const renamed = (at: string): string => {
    const slash = at.lastIndexOf("/");
    return nameOf(at.slice(0, slash)) + at.slice(slash);
  };
  const seen = past.map((each) => ({
    epoch: each.epoch,
    ends: Object.fromEntries(Object.entries(each.ends).map(([at, end]) => [renamed(at), end])),
  }));
  // Of two topics that have one name by now the renamed one is meant.
  const order = Object.entries(topics ?? {}).sort(([a], [b]) => Number(nameOf(a) !== a) - Number(nameOf(b) !== b));
  const numbers = topics && Object.fromEntries(order.map(([topic, id]) => [nameOf(topic), id]));
  return { epoch, past: seen, ...(numbers && { topics: numbers }) };
}
