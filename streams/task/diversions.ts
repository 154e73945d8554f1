import type { AnyOperator } from "../operator.ts";
import type { SubTopology } from "../topology/topology.ts";
import type { AnyTopic } from "../topic.ts";
import { Refused } from "./diverted.ts";
import type { Homes } from "./homes.ts";
import type { Queued } from "./input.ts";
import type { TaskOutputs } from "./task-outputs.ts";

/** The ways of records that no operator of the task sees: to another partition, or to the dead letters. */
export class Diversions {
  readonly #outputs: TaskOutputs;
  readonly #homes: Homes | undefined;
  readonly #operators: readonly AnyOperator[];
  readonly #name: string;

  constructor(outputs: TaskOutputs, { name, operators }: SubTopology, homes: Homes | undefined) {
    this.#outputs = outputs;
    this.#homes = homes;
    this.#operators = operators;
    this.#name = name;
  }

  /** Sends these records of one input on their ways, in their order. */
  divert({ keyOf }: AnyTopic, records: readonly Queued[]): void {
    const named = keyOf !== undefined;
    for (const record of records) {
      if (record.value instanceof Refused) this.#refuse(record, record.value);
      else this.#outputs.passOn(record, this.#homes!.of(record, named));
    }
  }

  #refuse({ raw, origin: at }: Queued, { error, time }: Refused): void {
    const origin = { ...at, offset: raw.unreadable?.firstOffset ?? at.offset };
    this.#outputs.refuse(this.#operators, { raw, origin, time }, this.#name, error);
  }
}
