import type { ContextType, ObservationType } from "../blueprint.ts";

/** One item of the list of features. */
export interface SuggestedFeature {
  readonly name: string;
  /** As the blueprint has it, behind the hyphen. */
  readonly item: string;
  readonly why: string;
}

export interface SuggestedEntry {
  readonly name: string;
  readonly type: ContextType;
  readonly why: string;
}

export interface LeftOut {
  /** A column, or something else in words. */
  readonly what: string;
  readonly why: string;
}

/** All parts of a blueprint with their reasons, before they are written. */
export interface Suggestion {
  readonly useCase: string;
  readonly head: readonly string[];
  readonly decisionSpace: { readonly text: string; readonly why: string };
  readonly context: readonly SuggestedEntry[];
  readonly observations: Readonly<Record<string, ObservationType>>;
  readonly events: readonly { readonly kind: string; readonly fields: readonly string[]; readonly why: string }[];
  readonly features: readonly SuggestedFeature[];
  readonly label: readonly (readonly [key: string, value: string, why: string])[];
  readonly isBinary: boolean;
  readonly decide: { readonly formula: string; readonly why: string };
  readonly ttl: { readonly text: string; readonly why: string } | null;
  readonly minRows: { readonly rows: number; readonly why: string } | null;
  readonly leftOut: readonly LeftOut[];
}
