import type { Blueprint } from "../../../blueprints/index.ts";
import { decisionRequests, observations } from "../../../schemas/index.ts";
import { readTopic, type AnyTopic } from "../../../streams/index.ts";
import type { Tools } from "../../loop.ts";
import type { ComparedLine } from "./changed-lines.ts";
import type { LineName } from "./line-names.ts";
import { saidAs, type Said, type Values } from "./said.ts";

/** A line whose content differs from the imported one. */
export interface ChangedLine {
  readonly line: ComparedLine;
  /** Its values and the imported ones. Null for most lines, and for lines that are no longer on the topic. */
  readonly values: { readonly now: Values; readonly then: Values } | null;
}

export interface Confirmed {
  /** Different in columns that the blueprint declares. */
  readonly changed: readonly ChangedLine[];
  /** Different in columns alone that the blueprint does not know. */
  readonly beside: readonly ChangedLine[];
  /** They say the same under the types of today: a version has declared something since. */
  readonly same: ReadonlySet<LineName>;
}

/**
 * Looks lines up on the topics. Values count as today's blueprint reads them, so that another type makes no difference.
 * Reads the requests and observations of that time once, if there are such lines.
 */
export async function confirmChanges(
  lines: readonly ComparedLine[],
  { backbone, serdes }: Pick<Tools, "backbone" | "serdes">,
  blueprint: Blueprint,
): Promise<Confirmed> {
  const [changed, beside] = [[] as ChangedLine[], [] as ChangedLine[]];
  const same = new Set<LineName>();
  const read = saidAs(blueprint);
  for (const topic of [decisionRequests, observations] as readonly AnyTopic[]) {
    const of = lines.filter(({ isDecision }) => isDecision === (topic === decisionRequests));
    if (of.length === 0) continue;
    const places = new Map(
      of.map(({ facts, record }) => [facts.place, { shown: record !== undefined, said: [] as Kept[] }]),
    );
    const times = of.map(({ facts }) => facts.time);
    const [from, to] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
    const isWanted = ({ timestamp }: { readonly timestamp: number }): boolean => timestamp >= from && timestamp <= to;
    for await (const { value, time } of readTopic(backbone, serdes, topic, { isWanted })) {
      const { useCase, facts, declared, values } = read({ topic, value, time });
      const place = useCase === blueprint.useCase ? places.get(facts.place) : undefined;
      place?.said.push({ content: facts.content, declared, ...(place.shown ? { values } : {}) });
    }
    for (const line of of) {
      const { said } = places.get(line.facts.place)!;
      const near = said.find(({ declared }) => declared === line.declared);
      const then = (near ?? said[0])?.values;
      const values = line.record === undefined || then === undefined ? null : { now: read(line.record).values, then };
      if (said.some(({ content }) => content === line.facts.content)) same.add(line.name);
      else (near === undefined ? changed : beside).push({ line, values });
    }
  }
  return { changed, beside, same };
}

/** Of a record on the topic. */
type Kept = Pick<Said, "declared"> & { readonly content: bigint; readonly values?: Values };
