import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { DomainError } from "../../schemas/index.ts";

const KINDS = {
  deferred: "not shown yet: deferred and not activated",
  unlabelled: "without a label yet, or ever",
  unrewarded: "whose reward is missing",
  withoutPropensity: "without an action of the loop's, or with a propensity that is not known",
  withoutDistribution: "of whose other actions the probabilities are not known",
  ofOtherVersions: "of versions with other features, or that decided on another kind of value",
  decisionGone: "whose record is no longer on the topic of decisions",
  requestGone: "with options that were not shown, whose request is no longer there",
  changedSince:
    "with options that were not shown, whose features are other ones today: events or rows came late, or are gone",
} as const;

export type LeftOutBandit = keyof typeof KINDS;

/** These are there, and can no longer be told. */
const LOST: ReadonlySet<LeftOutBandit> = new Set(["decisionGone", "requestGone", "changedSince"]);

/** Counts decisions that can't be said as those of a contextual bandit, by the reason. */
export class LeftOutBandits {
  readonly #counts = new Map<LeftOutBandit, number>();

  add(kind: LeftOutBandit, count = 1): void {
    if (count > 0) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + count);
  }

  /** By reason; those without a decision are not there. */
  all(): Readonly<Partial<Record<LeftOutBandit, number>>> {
    return Object.fromEntries(this.#counts);
  }

  /** A line a reason, for people. */
  texts(): readonly string[] {
    return (Object.keys(KINDS) as LeftOutBandit[]).flatMap((kind) => {
      const count = this.#counts.get(kind);
      return count === undefined ? [] : [`left out ${count} ${count === 1 ? "decision" : "decisions"} ${KINDS[kind]}`];
    });
  }

  /** Whether some are lost that the topics once had. */
  get lost(): boolean {
    return [...this.#counts.keys()].some((kind) => LOST.has(kind));
  }
}

/** Throws `BAD_USAGE` for a version whose decisions are none among a few actions. */
export function checkBandit({ blueprint, options }: CompiledBlueprint): void {
  const what =
    options?.isRanking === true
      ? "rankings: a line has one action, and of an order the probabilities of the orders that were not shown are not known"
      : blueprint.decisionSpace.kind === "number"
        ? "numbers, which are no actions to choose from"
        : undefined;
  if (what === undefined) return;
  throw new DomainError(
    "BAD_USAGE",
    `use case "${blueprint.useCase}" decides on ${what}: dsjson takes boolean, actions or a choice among options`,
  );
}
