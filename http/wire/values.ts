import { z } from "zod";
import { recordLimits } from "../../schemas/index.ts";

/** Half a surrogate pair has no UTF-8: two such texts would become the same one. */
const wellFormed = (text: string): boolean => text.isWellFormed();

export const text = z.string().refine(wellFormed, "it holds half of a surrogate pair");

/** An id. Its bytes are bounded by `idBytes` of docs/limits.md. */
export const id = text.min(1, "it is empty: write an id");

export const name = text.min(1, "it is empty: write a name");

const item = z.union([text, z.number(), z.boolean(), z.null()], "write a string, number, boolean or null");

/** Entries by name, as an observation or an event has them. */
export const values = z.record(text, item);

/** Entries of a decision's context, or of a row of a table. A list or a vector is an array. */
export const listedValues = z.record(
  text,
  z.union([item, z.array(item)], "write a string, number, boolean or null, or a list of them"),
);

/** Event time, ms since 1970. */
export const time = z.int().min(0).describe("Event time, milliseconds since 1970. Absent: now.");

/** Whose event time a record belongs to. */
export const source = name.describe(
  "For history: names its feeder. The records of a source have an event time of their own. Absent: of the present.",
);

/** Items of a bulk. */
export const bulkOf = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(recordLimits.httpBulkItems);

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    next: z.string(),
    field: z.string().optional(),
    decisionId: z.string().optional(),
  })
  .describe("RFC 9457, with the code of docs/errors.md, the field and the next step.");
