import type { BlueprintPublished } from "../../schemas/index.ts";
import { lastOfEachTime } from "../timeline.ts";

/** A stretch of event time in which a version is in shadow, `[from, to)`, ms; `to` is infinite while it goes on. */
export interface ShadowSpan {
  readonly from: number;
  readonly to: number;
}

/** The spans in which a version was, is or will be in shadow, in their order. */
export function shadowSpans({ shadowings }: Pick<BlueprintPublished, "shadowings">): readonly ShadowSpan[] {
  const spans: ShadowSpan[] = [];
  let from: number | undefined;
  for (const { time, on } of lastOfEachTime(shadowings)) {
    if (on) from ??= time;
    else if (from !== undefined) {
      spans.push({ from, to: time });
      from = undefined;
    }
  }
  return from === undefined ? spans : [...spans, { from, to: Number.POSITIVE_INFINITY }];
}

/** Since when a version is in shadow at `time`, ms; `undefined`: it is not. */
export const shadowSince = (record: Pick<BlueprintPublished, "shadowings">, time: number): number | undefined =>
  shadowSpans(record).find(({ from, to }) => from <= time && time < to)?.from;

/** Whether a decision of this time, ms, is one of the spans'. */
export const isInShadow = (spans: readonly ShadowSpan[], time: number): boolean =>
  spans.some(({ from, to }) => from <= time && time < to);
