// Generated from ../avro/ by `npm run generate`: edit that.

/** A product asks for a decision. The record's timestamp is its event time; its key is the decision id. */
export interface DecisionRequested {
  /** Chosen by the caller; what observations name. Within a use case one id is one decision of one unit. */
  readonly decisionId: string;
  /** Which blueprint answers. */
  readonly useCase: string;
  /** User, device or other entity the decision is about. */
  readonly unit: string;
  /** What the product knows now, by name. */
  readonly context: Readonly<Record<string, null | boolean | number | string>>;
  /** Decided now, shown later or never. */
  readonly deferred: boolean;
  /** History only: the action that was taken then, which is recorded instead of one of the policy's. In a request that no feed of history has sent it is refused, and the policy decides. */
  readonly logged: null | LoggedAction;
}

/** An action that was taken elsewhere, as data that is imported tells it. */
export interface LoggedAction {
  /** What was chosen; one of the blueprint's decision space. */
  readonly value: boolean | number | string;
  /** Probability with which it was chosen, above 0 and at most 1; null: not known. */
  readonly propensity: null | number;
}

export const decisionRequestedSchema = {
  type: "record",
  name: "DecisionRequested",
  namespace: "loopstream",
  doc: "A product asks for a decision. The record's timestamp is its event time; its key is the decision id.",
  fields: [
    {
      name: "decisionId",
      type: "string",
      doc: "Chosen by the caller; what observations name. Within a use case one id is one decision of one unit.",
    },
    { name: "useCase", type: "string", doc: "Which blueprint answers." },
    { name: "unit", type: "string", doc: "User, device or other entity the decision is about." },
    {
      name: "context",
      type: { type: "map", values: ["null", "boolean", "double", "string"] },
      doc: "What the product knows now, by name.",
    },
    { name: "deferred", type: "boolean", doc: "Decided now, shown later or never.", default: false },
    {
      name: "logged",
      type: [
        "null",
        {
          type: "record",
          name: "LoggedAction",
          doc: "An action that was taken elsewhere, as data that is imported tells it.",
          fields: [
            {
              name: "value",
              type: ["boolean", "double", "string"],
              doc: "What was chosen; one of the blueprint's decision space.",
            },
            {
              name: "propensity",
              type: ["null", "double"],
              doc: "Probability with which it was chosen, above 0 and at most 1; null: not known.",
              default: null,
            },
          ],
          namespace: "loopstream",
        },
      ],
      doc: "History only: the action that was taken then, which is recorded instead of one of the policy's. In a request that no feed of history has sent it is refused, and the policy decides.",
      default: null,
    },
  ],
} as const;
