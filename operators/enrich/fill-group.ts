import { fillWindows, requestKey, type FeatureVector, type WindowGroup } from "../../blueprints/index.ts";
import type { WindowBytes } from "../globals/index.ts";
import type { FarReader } from "./far-windows.ts";
import { fillKey } from "./fill-key.ts";

/**
 * Fills in the windows of a group, as of `time`, ms.
 *
 * @param far absent: this instance has all windows
 */
export function fillGroup(
  group: WindowGroup,
  request: Parameters<typeof requestKey>[1],
  time: number,
  windows: WindowBytes,
  features: FeatureVector,
  far?: FarReader,
): void {
  const key = requestKey(group, request);
  if (key === null) return fillWindows(group, null, time, features);
  if (far?.isFar(group) === true) return far.fill(group, key, time, features);
  fillKey(group, key, time, windows, features);
}
