import { domainErrors, type DeadLetter } from "../../schemas/index.ts";
import { streamsErrors, type ErrorKind } from "../../streams/index.ts";

const kinds: Readonly<Record<string, ErrorKind>> = { ...domainErrors, ...streamsErrors };
/** Codes of errors that nobody has thought of: no input may lead to them. */
const UNTHOUGHT = ["HANDLER_FAILED", "BROKEN_PROMISE"];

/** The way in which a dead letter leaves a person alone: without a code of the tables, a place, a reason or a next step. */
export function faultOf({
  code,
  topic,
  partition,
  offset,
  message,
}: Pick<DeadLetter, "code" | "topic" | "partition" | "offset" | "message">): string | undefined {
  const at = `${topic}/${partition}@${offset}`;
  if (UNTHOUGHT.includes(code)) return `${at} has ${code}: ${message}`;
  const kind = kinds[code];
  if (kind === undefined) return `${at} has a code that no table has: ${code}`;
  if (topic === "" || offset < 0) return `${code} has no place: ${at}`;
  if (message === "" || kind.mend === "") return `${code} at ${at} has no reason or no next step`;
  return undefined;
}
