import type { Producer, Transaction } from "../../backbone/backbone.ts";
import type { Tally } from "../../metrics/series.ts";
import type { DeadLetterValue } from "../../task/dead-letter.ts";
import type { Output } from "../../task/output.ts";
import type { TaskSnapshot } from "./commit.ts";

/** The work of the tasks that one producer commits. */
export interface CommitPart {
  readonly producer: Producer;
  /** It has the records sent before. */
  readonly open: Transaction | undefined;
  readonly snapshots: readonly TaskSnapshot[];
  readonly outputs: readonly Output[];
  /** Those among its records. */
  readonly letters: DeadLetterValue[];
  /** The records of the commit, with those sent before. */
  readonly tally: Tally;
}
