import {
  applyBlueprints,
  checkFiles,
  planBlueprints,
  type AppliedVersion,
  type PlannedVersion,
  type Settings,
} from "../../../loop/index.ts";
import { exitCodes } from "../../exit-codes.ts";
import { stderrLine } from "../../terminal/status-line.ts";
import { appliedText, plannedText, sumText } from "../../text/apply-text.ts";
import { sayWarnings } from "../../text/blueprint-text.ts";
import type { Output } from "../../text/output.ts";
import { withTools, type CommandTools } from "../with-tools.ts";
import { blueprintFiles } from "./blueprint-files.ts";
import { sayings, sayUnserved } from "./published.ts";

export interface Apply {
  readonly paths: readonly string[];
  readonly dryRun: boolean;
  readonly shadow: boolean;
  readonly atOnce: boolean;
}

/**
 * Makes the blueprints of files live, or says what that would change. All files are checked before anything is written.
 * @returns the exit code
 */
export async function applyHere(settings: Settings, output: Output, apply: Apply): Promise<number> {
  const { dryRun, shadow, atOnce } = apply;
  const files = checkFiles(blueprintFiles(apply.paths));
  for (const { warnings } of files) sayWarnings(warnings, output);
  const warnings = new Map(files.map((file) => [file.file, file.warnings]));
  const texts = new Map(files.map(({ file, text }) => [file, text]));

  const work = async (tools: CommandTools): Promise<number> => {
    const plan = await planBlueprints(tools, files, { shadow, now: Date.now() });
    if (!output.json) for (const one of plan) output.say(plannedText(one));
    const applied: AppliedVersion[] = [];
    if (!dryRun) {
      const onApplied = (one: AppliedVersion): void => {
        applied.push(one);
        if (!output.json) output.say(appliedText(one));
      };
      await applyBlueprints(tools, files, plan, onApplied, { atOnce, ...sayings(output) }).catch((error: unknown) => {
        sayRest(plan, applied);
        throw error;
      });
    }
    const blueprints = plan.map((one) => {
      const { published = null, shadowed = null } = applied.find(({ plan: { file } }) => file === one.file) ?? {};
      return { ...one, warnings: warnings.get(one.file)!, published, shadowed };
    });
    const changes = plan.filter(({ action }) => action !== "unchanged").length;
    output.result({ dryRun, changes, blueprints }, () => sumText(plan, dryRun));
    for (const { plan: one } of applied) if (one.to === "live") await sayUnserved(tools, texts.get(one.file)!, output);
    return dryRun && changes > 0 ? exitCodes.changes : exitCodes.ok;
  };
  const useCases = files.map(({ blueprint }) => blueprint.useCase);
  return withTools(settings, work, { useCase: useCases }, { begins: !dryRun });
}

/** After an error on the way: the versions that are in their places, and those that are not. */
function sayRest(plan: readonly PlannedVersion[], applied: readonly AppliedVersion[]): void {
  if (applied.length === 0) return;
  const done = new Set(applied.map(({ plan: { file } }) => file));
  const rest = plan.filter(({ file, action }) => action !== "unchanged" && !done.has(file)).map(({ file }) => file);
  stderrLine.write(
    `applied: ${[...done].join(", ")}; not applied: ${rest.join(", ")}. The same command goes on from there`,
  );
}
