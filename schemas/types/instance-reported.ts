// Generated from ../avro/ by `npm run generate`: edit that.

/** How far one instance of the loop is, as it says itself every second. */
export interface InstanceReported {
  /** A name of its own; empty: nobody's, to learn what time it is on the log. */
  readonly instance: string;
  /** False: it has stopped. */
  readonly running: boolean;
  /** The next offset of the topic of blueprints that it reads. */
  readonly blueprintsRead: number;
  /** State ids of the window groups that do not count all retained events yet. */
  readonly warming: readonly string[];
  /** Retained events that it has still to read for them. */
  readonly eventsLeft: number;
  /** The next offset of the topic of models that it reads; -1: a release before does not say. */
  readonly modelsRead: number;
}

export const instanceReportedSchema = {
  type: "record",
  name: "InstanceReported",
  namespace: "loopstream",
  doc: "How far one instance of the loop is, as it says itself every second.",
  fields: [
    {
      name: "instance",
      type: "string",
      doc: "A name of its own; empty: nobody's, to learn what time it is on the log.",
    },
    { name: "running", type: "boolean", doc: "False: it has stopped." },
    { name: "blueprintsRead", type: "long", doc: "The next offset of the topic of blueprints that it reads." },
    {
      name: "warming",
      type: { type: "array", items: "string" },
      doc: "State ids of the window groups that do not count all retained events yet.",
    },
    { name: "eventsLeft", type: "long", doc: "Retained events that it has still to read for them." },
    {
      name: "modelsRead",
      type: "long",
      doc: "The next offset of the topic of models that it reads; -1: a release before does not say.",
      default: -1,
    },
  ],
} as const;
