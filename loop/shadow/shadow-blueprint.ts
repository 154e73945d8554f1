import { compileBlueprint } from "../../blueprints/index.ts";
import { endShadow, shadowVersion, type Shadowed } from "../../catalogue/index.ts";
import { checkTime, type TopicTools } from "../../streams/index.ts";
import { applyRetention } from "../apply-retention.ts";
import { storeBlueprint } from "../publish/publish-blueprint.ts";
import { shadowRowsTopic, type VersionName } from "./shadow-place.ts";

export interface ShadowedVersion extends VersionName, Shadowed {
  /** The topic of its rows. */
  readonly rowsTopic: string;
}

/**
 * Puts a version in shadow from `from` on, event time in ms, and publishes it first if it is new. It decides then beside
 * the live version, and no product sees its decisions. Rejects with `ILLEGAL_MOVE` if it is live.
 */
export async function shadowBlueprint(tools: TopicTools, text: string, from = Date.now()): Promise<ShadowedVersion> {
  checkTime(from, "the time from which the blueprint is in shadow");
  const compiled = compileBlueprint(text);
  const { useCase, version } = compiled.blueprint;
  await storeBlueprint(tools, text);
  const shadowed = await shadowVersion(tools, { compiled, text }, from);
  await applyRetention(tools);
  return { useCase, version, ...shadowed, rowsTopic: shadowRowsTopic({ useCase, version }) };
}

/** Ends a shadow. Its topics stay, and its decisions until then get their rows. Rejects with `ILLEGAL_MOVE`. */
export async function unshadowBlueprint(tools: TopicTools, { useCase, version }: VersionName): Promise<void> {
  await endShadow(tools, useCase, version, Date.now());
  await applyRetention(tools);
}
