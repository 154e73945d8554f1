import { describe, expect, test } from "vitest";
import { assignTasks, type MemberClaim } from "../../../../streams/backbones/kafka/group/assignment.ts";

const tasks = (count: number): string[] => Array.from({ length: count }, (_, i) => `0:${i}`);
const members = (...ids: string[]): MemberClaim[] => ids.map((memberId) => ({ memberId, owned: [] }));
const plain = (assigned: ReadonlyMap<string, readonly string[]>): Record<string, readonly string[]> =>
  Object.fromEntries(assigned);

/** Rounds of join and give back, as members go through them, until nothing waits any more. */
function settle(start: readonly MemberClaim[], all: readonly string[]): { claims: MemberClaim[]; rounds: number } {
  let claims = [...start];
  for (let rounds = 1; ; rounds++) {
    const { tasks: assigned, unfinished } = assignTasks(claims, all);
    claims = claims.map(({ memberId }) => ({ memberId, owned: assigned.get(memberId)! }));
    const held = claims.flatMap(({ owned }) => owned);
    expect(new Set(held).size).toBe(held.length);
    if (!unfinished) return { claims, rounds };
    expect(rounds).toBeLessThan(3);
  }
}

describe("assignTasks", () => {
  test("spreads tasks evenly over new members, whatever the order they are named in", () => {
    const { tasks: assigned, unfinished } = assignTasks(members("b", "a", "c"), tasks(7));
    expect(plain(assigned)).toEqual({ a: ["0:0", "0:3", "0:6"], b: ["0:1", "0:4"], c: ["0:2", "0:5"] });
    expect(unfinished).toBe(false);
    expect(plain(assignTasks(members("c", "b", "a"), tasks(7)).tasks)).toEqual(plain(assigned));
  });

  test("leaves a task that is to move with nobody until its holder has let go", () => {
    const first = assignTasks([{ memberId: "a", owned: tasks(4) }, ...members("b")], tasks(4));
    expect(plain(first.tasks)).toEqual({ a: ["0:0", "0:1"], b: [] });
    expect(first.unfinished).toBe(true);
    const second = assignTasks([{ memberId: "a", owned: ["0:0", "0:1"] }, ...members("b")], tasks(4));
    expect(plain(second.tasks)).toEqual({ a: ["0:0", "0:1"], b: ["0:2", "0:3"] });
    expect(second.unfinished).toBe(false);
  });

  test("moves nothing when nothing has changed", () => {
    const { claims } = settle(members("a", "b", "c"), tasks(10));
    expect(plain(assignTasks(claims, tasks(10)).tasks)).toEqual(
      Object.fromEntries(claims.map(({ memberId, owned }) => [memberId, owned])),
    );
  });

  test("hands on only the tasks of a member that left", () => {
    const { claims } = settle(members("a", "b", "c"), tasks(9));
    const left = claims.filter(({ memberId }) => memberId !== "b");
    const { tasks: assigned } = assignTasks(left, tasks(9));
    for (const { memberId, owned } of left) expect(assigned.get(memberId)).toEqual(expect.arrayContaining([...owned]));
  });

  test("ignores claims of tasks that no longer are, and a second claim of the same task", () => {
    const claims = [
      { memberId: "a", owned: ["0:0", "9:9"] },
      { memberId: "b", owned: ["0:0"] },
    ];
    expect(plain(assignTasks(claims, tasks(2)).tasks)).toEqual({ a: ["0:0"], b: ["0:1"] });
  });

  test("members without a task have an empty share", () => {
    expect(plain(assignTasks(members("a", "b"), tasks(1)).tasks)).toEqual({ a: ["0:0"], b: [] });
    expect(plain(assignTasks(members("a"), []).tasks)).toEqual({ a: [] });
  });

  test("comes to an even spread within three rounds from any state, and never gives a task to two", () => {
    let seed = 7;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return seed % below;
    };
    for (let run = 0; run < 300; run++) {
      const all = tasks(random(30));
      const ids = Array.from({ length: 1 + random(6) }, (_, i) => `m${i}`);
      const owned = new Map(ids.map((id) => [id, [] as string[]]));
      for (const task of all) if (random(4) > 0) owned.get(ids[random(ids.length)]!)!.push(task);
      const { claims } = settle(
        [...owned].map(([memberId, held]) => ({ memberId, owned: held })),
        all,
      );
      const sizes = claims.map((claim) => claim.owned.length);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(all.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  });

  describe("with standbys", () => {
    const spread = (claims: readonly MemberClaim[], count: number, replicas: number): MemberClaim[] => {
      const { tasks: own, standby } = assignTasks(claims, tasks(count), replicas);
      return claims.map(({ memberId }) => ({ memberId, owned: own.get(memberId)!, standby: standby.get(memberId)! }));
    };

    test("every task's state is on so many other members, about as many on each", () => {
      for (const replicas of [1, 2]) {
        const claims = spread(members("a", "b", "c"), 9, replicas);
        for (const task of tasks(9)) {
          const holders = claims.filter(({ standby }) => standby!.includes(task));
          expect(holders).toHaveLength(replicas);
          expect(holders.some(({ owned }) => owned.includes(task))).toBe(false);
        }
        const loads = claims.map(({ standby }) => standby!.length);
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(2);
      }
    });

    test("no member keeps the state of its own tasks, and a lone member none at all", () => {
      expect(spread(members("a"), 4, 1)[0]!.standby).toEqual([]);
    });

    test("they stay where they are when nothing has changed", () => {
      const claims = spread(members("a", "b", "c"), 10, 1);
      expect(spread(claims, 10, 1)).toEqual(claims);
    });

    test("the tasks of a member that died go to those that have their state", () => {
      const claims = spread(members("a", "b", "c"), 9, 1);
      const [dead, ...left] = claims;
      const { tasks: assigned } = assignTasks(left, tasks(9), 1);
      for (const task of dead!.owned) {
        const taker = left.find(({ memberId }) => assigned.get(memberId)!.includes(task))!;
        const warm = left.find(({ standby }) => standby!.includes(task))!;
        const full = assigned.get(warm.memberId)!.length;
        if (taker !== warm) expect(full).toBeGreaterThanOrEqual(4);
      }
      const kept = dead!.owned.filter((task) =>
        left.some(({ memberId, standby }) => standby!.includes(task) && assigned.get(memberId)!.includes(task)),
      );
      expect(kept.length).toBeGreaterThanOrEqual(2);
    });

    test("who gives a task away keeps its state as a standby", () => {
      const claims = [{ memberId: "a", owned: tasks(4), standby: [] }, ...members("b", "c")];
      const { tasks: own, standby } = assignTasks(claims, tasks(4), 1);
      const moved = tasks(4).filter((task) => !own.get("a")!.includes(task));
      expect(moved).toHaveLength(2);
      expect(moved.filter((task) => standby.get("a")!.includes(task))).toHaveLength(2);
    });
  });
});
