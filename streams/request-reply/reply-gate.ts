import type { AnyOperator, ReplyRule } from "../operator.ts";
import type { Topology } from "../topology/topology.ts";
import type { AnyTopic } from "../topic.ts";

/** Names that Kafka takes. */
const LEGAL = /^[a-zA-Z0-9._-]{1,249}$/;
const CHANGELOG = "-changelog";
/** Requests name few reply topics; more than this come from a stranger. */
const MOST_KNOWN = 256;

/** Decides for every name whether a reply may go there. Each name is judged once, while there are few. */
export class ReplyGate {
  readonly #own: ReadonlySet<string>;
  readonly #families: readonly string[];
  readonly #known = new Map<string, string | undefined>();

  constructor(topology: Topology, deadLetters: AnyTopic) {
    const { subTopologies, memoryEdges, topics } = topology;
    const written = subTopologies.flatMap(({ operators }) => operators.flatMap(outputs));
    this.#own = new Set([...topics, deadLetters, ...written].map(({ name }) => name).concat(...memoryEdges));
    this.#families = written.filter(({ family }) => family === true).map(({ name }) => `${name}.`);
  }

  /** The reason that no reply goes to `topic`; `undefined`: it may. Do not ask about the operator's declared topic. */
  problem(topic: string, rule: ReplyRule | undefined): string | undefined {
    if (this.#known.has(topic)) return this.#known.get(topic);
    const problem = this.#judge(topic, rule);
    if (this.#known.size === MOST_KNOWN) this.#known.clear();
    this.#known.set(topic, problem);
    return problem;
  }

  #judge(topic: string, rule: ReplyRule | undefined): string | undefined {
    if (!LEGAL.test(topic)) return "that is no name of a topic";
    if (topic.startsWith("_")) return "it is an internal topic";
    const own =
      this.#own.has(topic) ||
      this.#families.some((family) => topic.startsWith(family)) ||
      topic.endsWith(CHANGELOG) ||
      rule?.isTaken?.(topic) === true;
    if (own) return "it is one of the application's own topics";
    if (rule === undefined) return "replies go to no other topic";
    return topic.startsWith(rule.prefix) ? undefined : `names of other topics for replies begin with ${rule.prefix}`;
  }
}

const outputs = ({ out }: AnyOperator): AnyTopic[] => Object.values(out as Record<string, AnyTopic>);
