import type { Candidate as CandidateRecord } from "../schemas/index.ts";
import { StreamsError } from "../streams/client/index.ts";
import { contextValues, nameOf, wholeText } from "./plain-values.ts";

/**
 * The candidates of a request as they go into its record. Throws `UNENCODABLE` with the place of the one that is wrong,
 * from 0, and its id.
 * @param what names the list in errors
 */
export function candidatesOf(given: unknown, what = "candidates"): readonly CandidateRecord[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw new StreamsError("UNENCODABLE", `${what} is ${nameOf(given)}: send an array`);
  return (given as readonly unknown[]).map((one, at) => {
    const where = `${what}[${at}]`;
    if (typeof one === "string") return { optionId: wholeText(where, one), context: {} };
    if (typeof one !== "object" || one === null || Array.isArray(one))
      throw new StreamsError("UNENCODABLE", `${where} is ${nameOf(one)}: send an id, or an object with its optionId`);
    const { optionId: id, context = {} } = one as { readonly optionId?: unknown; readonly context?: object };
    const optionId = wholeText(`${where}.optionId`, id);
    return { optionId, context: contextValues(context, `${where} (${JSON.stringify(optionId)}): context`) };
  });
}

/** The ids in the product's own order, each once: the ranking where the loop makes none. Anything without an id is left out. */
export function ownOrder(given: unknown): readonly string[] {
  if (!Array.isArray(given)) return [];
  const ids = (given as readonly unknown[]).flatMap((one): readonly string[] => {
    const id = typeof one === "object" && one !== null ? (one as { readonly optionId?: unknown }).optionId : one;
    return typeof id === "string" && id !== "" ? [id] : [];
  });
  return [...new Set(ids)];
}
