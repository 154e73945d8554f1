import { z } from "zod";
import { areValues, fitted, hasFields, isBulkOf, isName, isText, isWhole } from "./fits.ts";
import { bulkOf, name, problem, text, time, values } from "./values.ts";

const fitsEvent = hasFields({ kind: isName, attributes: areValues }, { key: isText, time: isWhole(0) });

export const event = fitted(
  z.strictObject({
    kind: name.describe("The blueprint's word for it."),
    attributes: values.describe("Keys that it belongs to and measured fields, by name."),
    key: text.optional().describe("The record's key. Absent: the kind."),
    time: time.optional(),
  }),
  fitsEvent,
);

export const storedEvent = z.object({ stored: z.literal(true) });
export const events = fitted(z.strictObject({ events: bulkOf(event) }), hasFields({ events: isBulkOf(fitsEvent) }));
export const eventResults = z.object({
  results: z.array(z.union([z.object({ status: z.literal(200) }), z.object({ status: z.int(), problem })])),
});

export type Event = z.infer<typeof event>;
