import { nearest } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { loadStrictness, type Strictness } from "../../client/index.ts";
import type { Connection } from "../../loop/index.ts";
import { hasCode, Serdes } from "../../streams/index.ts";
import { stderrLine } from "../terminal/status-line.ts";
import { readVersions } from "./blueprints/versions.ts";

const TIMEOUT_MS = 2_000;

/** Reports on stderr the sent entries that count for nothing. If the blueprints can't be read, it reports nothing. */
export async function tellUndeclared(
  { backbone, registry, subjectPrefix }: Connection,
  check: (strictness: Strictness, timeoutMs: number) => Promise<void>,
): Promise<void> {
  const serdes = new Serdes(registry, subjectPrefix);
  const error: unknown = await loadStrictness(backbone, serdes)
    .then((strictness) => check(strictness, TIMEOUT_MS))
    .catch((problem: unknown) => problem);
  if (hasCode(error, "UNDECLARED")) stderrLine.write(`loopstream: ${(error as Error).message}: it counts for nothing`);
}

/**
 * Reports on stderr that no blueprint knows events of this kind. They are kept all the same: a later version may name
 * it.
 */
export async function tellUnknownKind(kind: string, { backbone, registry, subjectPrefix }: Connection): Promise<void> {
  if ((await backbone.partitions(blueprintTable.topic.name)) === undefined) return;
  const known = await readVersions({ backbone, serdes: new Serdes(registry, subjectPrefix) });
  const kinds = new Set(known.all().flatMap(({ blueprint }) => Object.keys(blueprint.events)));
  if (kinds.has(kind)) return;
  const near = nearest(kind, kinds);
  const hint = near === null ? "" : `; is it ${near}?`;
  stderrLine.write(`loopstream: no blueprint knows events of kind ${kind}${hint}`);
}
