import { defineTopic, type Topic } from "../streams/client/index.ts";
import { recordLimits } from "./limits.ts";
import * as types from "./types/index.ts";

/**
 * Lookups of windows with `state: keyed`, by their key, and the answers. Both are made when a version first asks for such
 * windows. Timestamps are those of arrival: lookups about history would otherwise be too old to stay
 * (docs/decisions/096).
 */
export const windowLookups: Topic<types.WindowsAsked> = defineTopic({
  name: "window-lookups",
  schema: types.windowsAskedSchema,
  retentionMs: recordLimits.repliesKeptMs,
  timestamps: "arrival",
});
export const windowAnswers: Topic<types.WindowsAnswered> = defineTopic({
  name: "window-answers",
  schema: types.windowsAnsweredSchema,
  retentionMs: recordLimits.repliesKeptMs,
  timestamps: "arrival",
});
