import type { PartitionOffsets } from "../../streams/client/index.ts";
import type { KeptRecord } from "../buffer/kept-record.ts";
import { frameOf } from "./frames.ts";

/** A record in the spool. */
export interface Spooled {
  /** In the order in which they came. */
  readonly number: number;
  readonly record: KeptRecord;
  /** Of an event: the ends of its topic before it was first sent. */
  readonly from: readonly PartitionOffsets[] | undefined;
}

type Frame =
  | { readonly keep: number; readonly record: KeptRecord; readonly from?: readonly PartitionOffsets[] }
  | { readonly of: readonly number[]; readonly from: readonly PartitionOffsets[] }
  | { readonly forget: readonly number[] };

const frame = (content: Frame): Buffer => frameOf(content);

export const keepFrame = ({ number: keep, record, from }: Spooled): Buffer =>
  frame(from === undefined ? { keep, record } : { keep, record, from });
export const fromFrame = (of: readonly number[], from: readonly PartitionOffsets[]): Buffer => frame({ of, from });
export const forgetFrame = (forget: readonly number[]): Buffer => frame({ forget });

/** The records that no frame forgets, in their order. */
export function liveIn(contents: readonly unknown[]): readonly Spooled[] {
  const live = new Map<number, Spooled>();
  for (const content of contents as readonly Frame[]) {
    if ("keep" in content) {
      const { keep: number, record, from } = content;
      live.set(number, { number, record, from });
    } else if ("forget" in content) for (const number of content.forget) live.delete(number);
    else {
      for (const number of content.of) {
        const one = live.get(number);
        if (one !== undefined) live.set(number, { ...one, from: content.from });
      }
    }
  }
  return [...live.values()].sort((a, b) => a.number - b.number);
}
