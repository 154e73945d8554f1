import type { RawRecord, Serdes } from "../../streams/index.ts";
import { shownTime } from "./output.ts";

/** A record as one line of JSON, decoded by the schema that wrote it; if that fails, its bytes and the problem. */
export async function recordLine(record: RawRecord, serdes: Serdes): Promise<string> {
  const { partition, offset, timestamp, key, value } = record;
  const problem = record.unreadable?.error.message;
  const nothing = problem === undefined ? null : { undecoded: null, problem };
  const line = {
    ...{ partition, offset, time: shownTime(timestamp) },
    key: key && Buffer.from(key).toString(),
    value: value === null ? nothing : await decode(value, serdes),
  };
  return JSON.stringify(line, readable);
}

async function decode(value: Uint8Array, serdes: Serdes): Promise<unknown> {
  await serdes.learn(value);
  if (serdes.schemaOf(value) === undefined) return { undecoded: Buffer.from(value).toString("base64") };
  try {
    return serdes.decodeAsWritten(value);
  } catch (error) {
    return { undecoded: Buffer.from(value).toString("base64"), problem: String(error) };
  }
}

/** A number as its digits say, however many. */
const { rawJSON: rawJson } = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** Bytes as text if they are text, else as base64. */
function readable(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return rawJson(value.toString());
  if (typeof value !== "object" || value === null || !("type" in value) || value.type !== "Buffer") return value;
  const bytes = Buffer.from((value as unknown as { data: number[] }).data);
  const text = bytes.toString("utf8");
  return text.includes("\ufffd") || text.includes("\0") ? bytes.toString("base64") : text;
}
