import { Strictness } from "../../client/index.ts";
import type { Connection } from "../../loop/index.ts";
import { hasCode, Serdes } from "../../streams/index.ts";

const TIMEOUT_MS = 2_000;

/** Says on stderr what of something that was sent counts for nothing; who can't read the blueprints says nothing. */
export async function tellUndeclared(
  { backbone, registry, subjectPrefix }: Connection,
  check: (strictness: Strictness, timeoutMs: number) => Promise<void>,
): Promise<void> {
  const serdes = new Serdes(registry, subjectPrefix);
  const error: unknown = await check(new Strictness(backbone, serdes), TIMEOUT_MS).catch((problem: unknown) => problem);
  if (hasCode(error, "UNDECLARED"))
    process.stderr.write(`loopstream: ${(error as Error).message}: it counts for nothing\n`);
}
