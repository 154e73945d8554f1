import { z } from "zod";
import { bulkOf, listedValues, name, problem, text, time, values } from "./values.ts";

const part = text.min(1, "it is empty: write a key");
const key = z
  .union([part, z.array(part).min(1)], "write a text, or a list of texts")
  .describe("The row's key: a text, or a list where the table has several parts.");

export const row = z.strictObject({
  key,
  values: listedValues
    .nullable()
    .describe("The whole row by the fields of the table; a field that is not here is missing. Null deletes the row."),
  validFrom: time
    .optional()
    .describe("Decisions strictly after it see the row, milliseconds since 1970; it may lie ahead. Absent: now."),
});

export const tableParameters = z.object({ table: name.describe("The table, as blueprints declare it.") });
export const rowAsked = z.object({
  key,
  asOf: z.coerce.number().int().min(0).optional().describe("The row as a decision at this time sees it. Absent: now."),
});

export const storedRow = z.object({ key: z.array(z.string()), validFrom: z.int() });
export const foundRow = z.object({
  table: z.string(),
  key: z.array(z.string()),
  values: values.nullable().describe("Null: there is no row, or it was deleted."),
  validFrom: z.int().nullable().describe("Since when this version is valid; null: there is none."),
  versions: z.array(z.int()).describe("From when each version is valid, the newest first; those of the future too."),
});

export const rows = z.strictObject({ rows: bulkOf(row) });
export const rowResults = z.object({
  results: z.array(z.union([storedRow.extend({ status: z.literal(200) }), z.object({ status: z.int(), problem })])),
});

export type Row = z.infer<typeof row>;
export type RowAsked = z.infer<typeof rowAsked>;
export type StoredRow = z.infer<typeof storedRow>;
export type FoundRow = z.infer<typeof foundRow>;

export const partsOf = (key: Row["key"]): readonly string[] => (typeof key === "string" ? [key] : key);
