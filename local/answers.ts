import type { DecisionReplied, DecisionRequested } from "../schemas/index.ts";

/** Answers that are remembered, the newest ones. */
const MOST = 10_000;

type Asked = Pick<DecisionRequested, "useCase" | "decisionId">;

/** The answers of this process: an id that is asked again gets the same one, and is recorded once. */
export class Answers {
  /** In the order of their making. */
  readonly #answers = new Map<string, Promise<DecisionReplied>>();

  of(asked: Asked): Promise<DecisionReplied> | undefined {
    return this.#answers.get(nameOf(asked));
  }

  keep(asked: Asked, answer: Promise<DecisionReplied>): void {
    answer.catch(() => undefined);
    this.#answers.set(nameOf(asked), answer);
    if (this.#answers.size <= MOST) return;
    for (const name of this.#answers.keys()) {
      this.#answers.delete(name);
      return;
    }
  }

  forget(asked: Asked): void {
    this.#answers.delete(nameOf(asked));
  }
}

const nameOf = ({ useCase, decisionId }: Asked): string => `${useCase}\0${decisionId}`;
