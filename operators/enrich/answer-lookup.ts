import type { ValidBlueprints } from "../../catalogue/index.ts";
import type { WindowLookup } from "../../schemas/index.ts";
import type { WindowBytes, WindowShares } from "../globals/index.ts";
import { isWhole, type WindowValues } from "./far-windows.ts";
import { fillKey } from "./fill-key.ts";

/** The windows of a key that this instance has; null: it has not, or does not know the version, or still fills them. */
export function answerLookup(
  { useCase, version, group: id, key, time }: WindowLookup,
  blueprints: ValidBlueprints,
  windows: WindowBytes,
  shares: WindowShares,
): WindowValues | null {
  const group = blueprints.version(useCase, version)?.groups.find((each) => each.id === id);
  const part = group && shares.heldPartOf(group, key);
  if (part === undefined || !isWhole(part, time, windows)) return null;
  const features: (number | string | null)[] = [];
  fillKey(part, key, time, windows, features);
  return part.windows.map(({ featureIndex }) => features[featureIndex] ?? null);
}
