// Generated from ../../avro/ by `npm run generate`: edit that.

/** The windows that were asked for. */
export interface WindowsAnswered {
  /** In the order of the lookups. */
  readonly answers: readonly WindowAnswer[];
}

/** To one lookup. */
export interface WindowAnswer {
  /** False: this instance does not keep the key, does not know the version, or has not counted all events yet. */
  readonly isKnown: boolean;
  /** Of the group's windows, in the order of the blueprint. */
  readonly values: readonly (null | number | string)[];
}

export const windowsAnsweredSchema = {
  type: "record",
  name: "WindowsAnswered",
  namespace: "loopstream",
  doc: "The windows that were asked for.",
  fields: [
    {
      name: "answers",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "WindowAnswer",
          doc: "To one lookup.",
          fields: [
            {
              name: "isKnown",
              type: "boolean",
              doc: "False: this instance does not keep the key, does not know the version, or has not counted all events yet.",
            },
            {
              name: "values",
              type: { type: "array", items: ["null", "double", "string"] },
              doc: "Of the group's windows, in the order of the blueprint.",
            },
          ],
          namespace: "loopstream",
        },
      },
      doc: "In the order of the lookups.",
    },
  ],
} as const;
