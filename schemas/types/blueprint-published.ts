// Generated from ../avro/ by `npm run generate`: edit that.

import type { DecisionMode } from "./decision-recorded.ts";

/** One immutable version of a blueprint when it was live, and when it was in shadow. Its key is useCase/version. */
export interface BlueprintPublished {
  /** Of the blueprint. */
  readonly useCase: string;
  /** Hash of its content. */
  readonly version: string;
  /** The YAML as published. */
  readonly text: string;
  /** In time order. */
  readonly activations: readonly Activation[];
  /** In time order. */
  readonly shadowings: readonly Shadowing[];
  /** In time order. */
  readonly parameters: readonly ParametersSet[];
  /** In time order. Before the first one the blueprint's own mode is valid. */
  readonly modes: readonly ModeSet[];
}

/** From when a version was live, or no longer was. */
export interface Activation {
  /** Valid after this event time. */
  readonly time: number;
  /** False: withdrawn from then on. */
  readonly live: boolean;
}

/** From when a version was in shadow, or no longer was. */
export interface Shadowing {
  /** Valid from this event time on. */
  readonly time: number;
  /** False: its shadow ends. */
  readonly on: boolean;
}

/** Values of some of the policy's parameters. */
export interface ParametersSet {
  /** Valid after this event time. */
  readonly time: number;
  /** By name; null: the default of the text again. A parameter that is not named keeps its value. */
  readonly values: Readonly<Record<string, null | number>>;
}

/** Who acts: the mode of the version's decisions. */
export interface ModeSet {
  /** Valid after this event time. */
  readonly time: number;
  /** loggingOnly, apprentice or online. */
  readonly mode: DecisionMode;
}

export const blueprintPublishedSchema = {
  type: "record",
  name: "BlueprintPublished",
  namespace: "loopstream",
  doc: "One immutable version of a blueprint when it was live, and when it was in shadow. Its key is useCase/version.",
  fields: [
    { name: "useCase", type: "string", doc: "Of the blueprint." },
    { name: "version", type: "string", doc: "Hash of its content." },
    { name: "text", type: "string", doc: "The YAML as published." },
    {
      name: "activations",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "Activation",
          doc: "From when a version was live, or no longer was.",
          fields: [
            {
              name: "time",
              type: { type: "long", logicalType: "timestamp-millis" },
              doc: "Valid after this event time.",
            },
            { name: "live", type: "boolean", doc: "False: withdrawn from then on." },
          ],
          namespace: "loopstream",
        },
      },
      doc: "In time order.",
    },
    {
      name: "shadowings",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "Shadowing",
          doc: "From when a version was in shadow, or no longer was.",
          fields: [
            {
              name: "time",
              type: { type: "long", logicalType: "timestamp-millis" },
              doc: "Valid from this event time on.",
            },
            { name: "on", type: "boolean", doc: "False: its shadow ends." },
          ],
          namespace: "loopstream",
        },
      },
      default: [],
      doc: "In time order.",
    },
    {
      name: "parameters",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "ParametersSet",
          doc: "Values of some of the policy's parameters.",
          fields: [
            {
              name: "time",
              type: { type: "long", logicalType: "timestamp-millis" },
              doc: "Valid after this event time.",
            },
            {
              name: "values",
              type: { type: "map", values: ["null", "double"] },
              doc: "By name; null: the default of the text again. A parameter that is not named keeps its value.",
            },
          ],
          namespace: "loopstream",
        },
      },
      default: [],
      doc: "In time order.",
    },
    {
      name: "modes",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "ModeSet",
          doc: "Who acts: the mode of the version's decisions.",
          fields: [
            {
              name: "time",
              type: { type: "long", logicalType: "timestamp-millis" },
              doc: "Valid after this event time.",
            },
            { name: "mode", type: "string", doc: "loggingOnly, apprentice or online." },
          ],
          namespace: "loopstream",
        },
      },
      default: [],
      doc: "In time order. Before the first one the blueprint's own mode is valid.",
    },
  ],
} as const;
