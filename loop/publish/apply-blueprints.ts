import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { compileBlueprint } from "../../blueprints/index.ts";
import { readTable, StreamsError, type TopicTools } from "../../streams/index.ts";
import { shadowBlueprint, type ShadowedVersion } from "../shadow/shadow-blueprint.ts";
import type { CheckedFile } from "./check-files.ts";
import type { PlannedVersion } from "./plan-blueprints.ts";
import { publishBlueprint, type PublishedVersion, type PublishOptions } from "./publish-blueprint.ts";
import { registerRows } from "./register-rows.ts";

/** A version in its new place. */
export type AppliedVersion =
  | { readonly plan: PlannedVersion; readonly published: PublishedVersion; readonly shadowed: null }
  | { readonly plan: PlannedVersion; readonly published: null; readonly shadowed: ShadowedVersion };

/**
 * Does what a plan says, one version after the other in the order of the plan, each as `publishBlueprint` and
 * `shadowBlueprint` do. Rows of all of them are registered before the first version is written. After an error the same
 * call goes on: those that are in their places are unchanged then.
 * @param onApplied called after each
 */
export async function applyBlueprints(
  tools: TopicTools,
  files: readonly CheckedFile[],
  plan: readonly PlannedVersion[],
  onApplied: (applied: AppliedVersion) => void,
  options: PublishOptions = {},
): Promise<void> {
  const texts = new Map(files.map(({ file, text }) => [file, text]));
  const due = plan.filter(({ action }) => action !== "unchanged");
  if (due.length === 0) return;
  const known = validBlueprints(await readTable(tools.backbone, tools.serdes, blueprintTable));
  for (const { file, useCase, before } of due) {
    const live = before === null ? undefined : known.version(useCase, before)?.blueprint;
    await registerRows(tools, compileBlueprint(texts.get(file)!), live).catch((error: unknown) => {
      if (!(error instanceof StreamsError) || error.code !== "INCOMPATIBLE_SCHEMA") throw error;
      throw new StreamsError(error.code, `${file}: ${error.message}\nnothing was published`, error);
    });
  }
  for (const one of due) {
    const text = texts.get(one.file)!;
    if (one.to === "shadow") onApplied({ plan: one, published: null, shadowed: await shadowBlueprint(tools, text) });
    else
      onApplied({
        plan: one,
        published: await publishBlueprint(tools, text, undefined, options),
        shadowed: null,
      });
  }
}
