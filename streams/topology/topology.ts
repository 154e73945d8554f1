import { StreamsError } from "../errors.ts";
import type { GlobalSource } from "../global-source.ts";
import type { AnyOperator } from "../operator.ts";
import type { AnyTopic } from "../topic.ts";

export interface TopologyOptions {
  readonly name: string;
  readonly operators: readonly AnyOperator[];
  /** Globals: every instance holds each of them whole. */
  readonly globals?: readonly GlobalSource[];
  /**
   * Topics between operators that are passed in memory. Their key must be the key of the first operator's input, since
   * no repartition happens. Leave one out and it is a real topic; the results are the same.
   */
  readonly memoryEdges?: readonly AnyTopic[];
  /** The topic on which producers report the progress of event time; it moves the timers of quiet partitions. */
  readonly clock?: AnyTopic;
}

/** Operators that run in one task, and the topics it reads. A task is a sub-topology and a partition. */
export interface SubTopology {
  readonly name: string;
  readonly sources: readonly AnyTopic[];
  /** In the order records pass them. */
  readonly operators: readonly AnyOperator[];
  readonly stateful: boolean;
  readonly changelog: string;
}

export interface Topology {
  readonly name: string;
  readonly subTopologies: readonly SubTopology[];
  readonly globals: readonly GlobalSource[];
  readonly memoryEdges: ReadonlySet<string>;
  readonly clock: AnyTopic | undefined;
  /** Every topic that is read or written, memory edges left out. */
  readonly topics: readonly AnyTopic[];
}

/**
 * Cuts operators into sub-topologies: those that share a source topic or a memory edge run together. Throws
 * `TOPOLOGY_INVALID` naming the operator and the topic.
 */
export function defineTopology(options: TopologyOptions): Topology {
  const { name, operators, globals = [], memoryEdges = [], clock } = options;
  const edges = new Set(memoryEdges.map((topic) => topic.name));
  const invalid = (message: string): StreamsError =>
    new StreamsError("TOPOLOGY_INVALID", `topology ${name}: ${message}`);

  const names = new Set<string>();
  for (const operator of operators) {
    if (names.has(operator.name)) throw invalid(`two operators are called ${operator.name}`);
    names.add(operator.name);
    for (const ref of Object.values(operator.globals as Record<string, { name: string }>)) {
      if (!globals.some((global) => global.name === ref.name)) {
        throw invalid(`operator ${operator.name} reads global ${ref.name}, which nobody holds: add it to globals`);
      }
    }
  }
  for (const edge of edges) {
    if (!operators.some((operator) => writes(operator, edge))) throw invalid(`no operator writes memory edge ${edge}`);
    if (!operators.some((operator) => reads(operator, edge))) throw invalid(`no operator reads memory edge ${edge}`);
  }

  const groups = new Map<AnyOperator, number>(operators.map((operator, index) => [operator, index]));
  const merge = (a: AnyOperator, b: AnyOperator): void => {
    const [from, to] = [groups.get(b)!, groups.get(a)!];
    for (const [operator, group] of groups) if (group === from) groups.set(operator, to);
  };
  for (const a of operators) {
    for (const b of operators) {
      const sharedSource = inputs(a).some((topic) => reads(b, topic.name));
      const sharedEdge = outputs(a).some((topic) => edges.has(topic.name) && reads(b, topic.name));
      if (sharedSource || sharedEdge) merge(a, b);
    }
  }
  const subTopologies = [...new Set(groups.values())].map((group): SubTopology => {
    const members = inOrder(
      operators.filter((operator) => groups.get(operator) === group),
      edges,
      invalid,
    );
    const sources = unique(members.flatMap(inputs).filter((topic) => !edges.has(topic.name)));
    const subName = members.map((operator) => operator.name).join("-");
    return {
      name: subName,
      sources,
      operators: members,
      stateful: members.some(
        (operator) => Object.keys(operator.state as object).length > 0 || operator.onTimer !== undefined,
      ),
      changelog: `${name}-${subName}-changelog`,
    };
  });
  const topics = unique([
    ...operators.flatMap((operator) => [...inputs(operator), ...outputs(operator)]),
    ...globals.map((global) => global.topic),
    ...(clock === undefined ? [] : [clock]),
  ]).filter((topic) => !edges.has(topic.name) && topic.family !== true);
  return Object.freeze({ name, subTopologies, globals, memoryEdges: edges, clock, topics });
}

export const inputs = (operator: AnyOperator): AnyTopic[] => Object.values(operator.in as Record<string, AnyTopic>);
export const outputs = (operator: AnyOperator): AnyTopic[] => Object.values(operator.out as Record<string, AnyTopic>);
const reads = (operator: AnyOperator, topic: string): boolean => inputs(operator).some(({ name }) => name === topic);
const writes = (operator: AnyOperator, topic: string): boolean => outputs(operator).some(({ name }) => name === topic);

function inOrder(
  members: readonly AnyOperator[],
  edges: ReadonlySet<string>,
  invalid: (message: string) => StreamsError,
): AnyOperator[] {
  const placed: AnyOperator[] = [];
  const waiting = [...members];
  while (waiting.length > 0) {
    const next = waiting.findIndex(
      (operator) =>
        !inputs(operator).some((topic) => edges.has(topic.name) && waiting.some((other) => writes(other, topic.name))),
    );
    if (next < 0) throw invalid(`memory edges form a ring through ${waiting.map(({ name }) => name).join(", ")}`);
    placed.push(...waiting.splice(next, 1));
  }
  return placed;
}

function unique(topics: readonly AnyTopic[]): AnyTopic[] {
  return [...new Map(topics.map((topic) => [topic.name, topic])).values()];
}
