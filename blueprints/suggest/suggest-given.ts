import type { Sample } from "./profile/sample.ts";
import type { TableProfile } from "./profile/table-profile.ts";

/** All that a suggestion is made of. */
export interface SuggestGiven {
  readonly useCase: string;
  /** A column of the observations, or a formula over them. */
  readonly label: string;
  readonly decisions: TableProfile;
  readonly observations: TableProfile;
  readonly events?: TableProfile | undefined;
  readonly sample: Sample;
  /** The columns by their meaning. */
  readonly columns: {
    readonly decisionId: string;
    readonly decisionTime: string;
    readonly observationTime: string;
    readonly eventTime?: string | undefined;
    /** Joined by +. */
    readonly unit?: string | undefined;
    readonly action?: string | undefined;
    readonly propensity?: string | undefined;
  };
  /** The names of the files or topics, for the head. */
  readonly files: readonly string[];
  /** Of topics the newest decisions are the sample, of files the first ones. Default `files`. */
  readonly from?: "files" | "topics" | undefined;
}
