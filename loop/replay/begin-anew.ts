import { rm } from "node:fs/promises";
import type { Backbone } from "../../streams/index.ts";

/**
 * A replay whose topics were taken away may be asked for again, under the same name: what its group has committed on the live topics, and its local state, are
 * of the former one, and would have it pass over what it is to make.
 */
export async function beginAnew(
  side: Backbone,
  {
    groupId,
    topics,
    stateDir,
  }: { readonly groupId: string; readonly topics: readonly string[]; readonly stateDir: string },
): Promise<void> {
  await rm(stateDir, { recursive: true, force: true });
  const there = await side.describe(topics);
  const committed = await side.committed(
    groupId,
    there.map(({ topic }) => topic),
  );
  const former = committed.filter(({ offset }) => offset > 0);
  if (former.length === 0) return;
  await side.commit(
    groupId,
    former.map((at) => ({ ...at, offset: 0 })),
  );
}
