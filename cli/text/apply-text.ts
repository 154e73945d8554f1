import type { AppliedVersion, PlannedVersion } from "../../loop/index.ts";
import { publishedText } from "./blueprint-text.ts";
import { shownTime } from "./output.ts";
import { shadowedText } from "./shadow-text.ts";

const places = { live: "live", shadow: "in shadow" } as const;

/** What a file would change, for people. */
export function plannedText(plan: PlannedVersion): string {
  const { file, version, changes, action, trainsOnBefore, before, problem, later } = plan;
  const lines = action === "unchanged" ? [] : changes.map(({ text }) => text);
  if (action === "changed" && trainsOnBefore !== null) {
    const { ok, reason } = trainsOnBefore;
    lines.push(`${ok ? "it may" : "it may not"} train on the rows of ${before}: ${reason}`);
  }
  if (action === "changed" && problem !== null) lines.push(`nothing can be compared: ${problem}`);
  if (later !== null) lines.push(`version ${later.version} goes live after ${shownTime(later.since)} all the same`);
  return [`${file}: ${plan.useCase} ${headOf(plan)}`, ...lines.map((line) => `  ${line}`)].join("\n");

  function headOf({ to, state }: PlannedVersion): string {
    if (action === "unchanged") return `${version} is ${places[to]} already`;
    if (action === "new")
      return `${version}, new: no version is live${state === null ? "" : `, this one is ${wordOf(state)}`}`;
    const now = state === null ? "" : `, now ${wordOf(state)}`;
    return `${before} → ${version}, changed${now}${to === "shadow" ? ": for the shadow" : ""}`;
  }
}

const wordOf = (state: NonNullable<PlannedVersion["state"]>): string =>
  ({
    ...{ live: "live", later: "live later", shadow: "in shadow", replaced: "replaced" },
    ...{ withdrawn: "withdrawn", notLive: "published and not live" },
  })[state];

/** A version in its new place. Its differences were told with the plan, unless another version was live by then. */
export function appliedText({ plan, published, shadowed }: AppliedVersion): string {
  if (shadowed !== null) return shadowedText(shadowed);
  const told = plan.changes.map(({ text }) => text).join("\n");
  return publishedText({ ...published, changes: published.changes.join("\n") === told ? [] : published.changes });
}

/** The sum of a plan. */
export function sumText(plan: readonly PlannedVersion[], dryRun: boolean): string {
  const count = (wanted: PlannedVersion["action"]): number => plan.filter(({ action }) => action === wanted).length;
  const sum = `${count("new")} new, ${count("changed")} changed, ${count("unchanged")} unchanged`;
  return dryRun ? `dry run: ${sum}; nothing was written` : sum;
}
