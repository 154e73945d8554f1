/** A member with the tasks it holds at the moment. */
export interface MemberClaim {
  readonly memberId: string;
  readonly owned: readonly string[];
  /** Tasks whose state it keeps up to date without running them. */
  readonly standby?: readonly string[];
}

export interface Assignment {
  /** Tasks of each member from now on. */
  readonly tasks: ReadonlyMap<string, readonly string[]>;
  /** Tasks whose state each member keeps from now on, so that it can take them over. */
  readonly standby: ReadonlyMap<string, readonly string[]>;
  /** Whether tasks wait for the member that holds them to give them back: another round hands them on. */
  readonly unfinished: boolean;
}

/**
 * Spreads tasks so that no member has over one more than another, moving as few as that allows. A task without a holder
 * goes to a member that keeps its state, if that member has room. A task on its way to another member is nobody's until
 * its holder no longer claims it, so two members never have it at once. The result depends only on the arguments.
 */
export function assignTasks(
  members: readonly MemberClaim[],
  tasks: readonly string[],
  standbyReplicas = 0,
): Assignment {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const holders = new Map<string, string>();
  for (const { memberId, owned } of sorted) {
    for (const task of owned) if (!holders.has(task)) holders.set(task, memberId);
  }
  const target = targets(sorted, tasks, holders);

  let unfinished = false;
  const free = new Map<string, readonly string[]>();
  for (const [memberId, list] of target) {
    const ready = list.filter((task) => (holders.get(task) ?? memberId) === memberId);
    if (ready.length < list.length) unfinished = true;
    free.set(memberId, ready);
  }
  return { tasks: free, standby: standbys(sorted, tasks, target, standbyReplicas), unfinished };
}

function targets(
  members: readonly MemberClaim[],
  tasks: readonly string[],
  holders: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
  const least = Math.floor(tasks.length / Math.max(1, members.length));
  let oneMore = tasks.length - least * members.length;
  const target = new Map<string, string[]>(members.map(({ memberId }) => [memberId, []]));
  const room = (list: readonly string[]): boolean => list.length < least || (list.length === least && oneMore > 0);
  const give = (list: string[], task: string): void => {
    if (list.length === least) oneMore--;
    list.push(task);
  };
  const loose: string[] = [];
  for (const task of tasks) {
    const kept = target.get(holders.get(task) ?? "");
    if (kept === undefined || !room(kept)) loose.push(task);
    else give(kept, task);
  }
  const cold: string[] = [];
  for (const task of loose) {
    const warm = members.filter(({ memberId, standby }) => standby?.includes(task) && room(target.get(memberId)!));
    const list = shortest(warm.map(({ memberId }) => target.get(memberId)!));
    if (list === undefined) cold.push(task);
    else give(list, task);
  }
  for (const task of cold) shortest(target.values())?.push(task);
  return target;
}

/** Each task's state on so many members besides its own: those that have it already first, then those with the fewest. */
function standbys(
  members: readonly MemberClaim[],
  tasks: readonly string[],
  target: ReadonlyMap<string, readonly string[]>,
  replicas: number,
): ReadonlyMap<string, readonly string[]> {
  const kept = new Map<string, string[]>(members.map(({ memberId }) => [memberId, []]));
  const share = Math.ceil((tasks.length * replicas) / Math.max(1, members.length));
  for (const task of tasks) {
    const others = members.filter(({ memberId }) => !target.get(memberId)!.includes(task));
    const rank = ({ memberId, owned, standby }: MemberClaim): number => {
      const load = kept.get(memberId)!.length;
      const warm = owned.includes(task) || standby?.includes(task) === true;
      return (load >= share ? 2 * share : 0) + load - (warm ? share : 0);
    };
    const ranked = others.map((member) => [rank(member), member] as const).sort(([a], [b]) => a - b);
    for (const [, { memberId }] of ranked.slice(0, replicas)) kept.get(memberId)!.push(task);
  }
  return kept;
}

function shortest(lists: Iterable<string[]>): string[] | undefined {
  let shortest: string[] | undefined;
  for (const list of lists) if (shortest === undefined || list.length < shortest.length) shortest = list;
  return shortest;
}
