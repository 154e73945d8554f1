// Generated from ../avro/ by `npm run generate`: edit that.

/** What happened after a decision. Its key is the decision id, its timestamp the event time. */
export interface ObservationRecorded {
  /** The decision it belongs to. */
  readonly decisionId: string;
  /** The use case of that decision. Empty: it belongs to the decisions of this id in every use case. */
  readonly useCase: string;
  /** Names this observation: the same id sent again counts once. Empty: the place of the record names it, so each record counts, equal ones too. */
  readonly observationId: string;
  /** The option that it is about. Empty: it counts for all options of the decision that were shown. */
  readonly optionId: string;
  /** The decision was shown: a deferred one counts from this time on. With no values it is nothing else; with values it is an observation too. */
  readonly activation: boolean;
  /** Measured values by name. */
  readonly values: Readonly<Record<string, null | boolean | number | string>>;
}

export const observationRecordedSchema = {
  type: "record",
  name: "ObservationRecorded",
  namespace: "loopstream",
  doc: "What happened after a decision. Its key is the decision id, its timestamp the event time.",
  fields: [
    { name: "decisionId", type: "string", doc: "The decision it belongs to." },
    {
      name: "useCase",
      type: "string",
      doc: "The use case of that decision. Empty: it belongs to the decisions of this id in every use case.",
      default: "",
    },
    {
      name: "observationId",
      type: "string",
      doc: "Names this observation: the same id sent again counts once. Empty: the place of the record names it, so each record counts, equal ones too.",
      default: "",
    },
    {
      name: "optionId",
      type: "string",
      doc: "The option that it is about. Empty: it counts for all options of the decision that were shown.",
      default: "",
    },
    {
      name: "activation",
      type: "boolean",
      doc: "The decision was shown: a deferred one counts from this time on. With no values it is nothing else; with values it is an observation too.",
      default: false,
    },
    {
      name: "values",
      type: { type: "map", values: ["null", "boolean", "double", "string"] },
      doc: "Measured values by name.",
    },
  ],
} as const;
