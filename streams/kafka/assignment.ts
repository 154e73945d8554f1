/** A member with the tasks it holds at the moment. */
export interface MemberClaim {
  readonly memberId: string;
  readonly owned: readonly string[];
}

export interface Assignment {
  /** Tasks of each member from now on. */
  readonly tasks: ReadonlyMap<string, readonly string[]>;
  /** Whether tasks wait for the member that holds them to give them back: another round hands them on. */
  readonly unfinished: boolean;
}

/**
 * Spreads tasks so that no member has over one more than another, moving as few as that allows. A task that is to move is nobody's until its
 * holder no longer claims it, so two members never have it at once. The result depends on nothing but the arguments.
 */
export function assignTasks(members: readonly MemberClaim[], tasks: readonly string[]): Assignment {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const holders = new Map<string, string>();
  for (const { memberId, owned } of sorted) {
    for (const task of owned) if (!holders.has(task)) holders.set(task, memberId);
  }

  const least = Math.floor(tasks.length / Math.max(1, sorted.length));
  let oneMore = tasks.length - least * sorted.length;
  const target = new Map<string, string[]>(sorted.map(({ memberId }) => [memberId, []]));
  const loose: string[] = [];
  for (const task of tasks) {
    const kept = target.get(holders.get(task) ?? "");
    if (kept === undefined || kept.length > least || (kept.length === least && oneMore === 0)) {
      loose.push(task);
      continue;
    }
    if (kept.length === least) oneMore--;
    kept.push(task);
  }
  for (const task of loose) {
    let fewest: string[] | undefined;
    for (const list of target.values()) if (fewest === undefined || list.length < fewest.length) fewest = list;
    fewest?.push(task);
  }

  let unfinished = false;
  const free = new Map<string, readonly string[]>();
  for (const [memberId, list] of target) {
    const ready = list.filter((task) => (holders.get(task) ?? memberId) === memberId);
    if (ready.length < list.length) unfinished = true;
    free.set(memberId, ready);
  }
  return { tasks: free, unfinished };
}
