import { rm } from "node:fs/promises";
import type { Backbone } from "../../streams/index.ts";

/**
 * Forgets a former replay of the same name whose topics were removed: its group's offsets on the live topics and its
 * local state. Otherwise the new replay would skip records.
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
