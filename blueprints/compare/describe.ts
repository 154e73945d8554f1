import type { BlueprintContent, Feature } from "../blueprint.ts";
import { formatDuration } from "../duration.ts";

/** A feature in the blueprint's own words. */
export function describeFeature(feature: Feature): string {
  if (feature.kind === "context") return `${feature.type} of the context`;
  const { aggregate, field, event, by, windowMs, open } = feature;
  const what = field === null ? aggregate : `${aggregate} of ${field}`;
  return `${what} over ${event} by ${by.join("+")} in ${formatDuration(windowMs)}${open ? ", open" : ""}`;
}

/** The content as path → text, in the words of the YAML: what two blueprints are compared by, and people read. */
export function describeContent(content: BlueprintContent): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const { decisionSpace, label, model, policy, join, training, retention } = content;
  const add = (path: string, value: unknown): void => void paths.set(path, value === null ? "none" : String(value));
  add("useCase", content.useCase);
  add("description", content.description);
  add(
    "decisionSpace",
    decisionSpace.kind === "actions" ? `actions ${JSON.stringify(decisionSpace.actions)}` : decisionSpace.kind,
  );
  for (const [name, type] of Object.entries(content.context)) add(`context.${name}`, type);
  for (const [name, type] of Object.entries(content.observations)) add(`observations.${name}`, type);
  for (const [name, { fields }] of Object.entries(content.events))
    add(`events.${name}.fields`, `[${fields.join(", ")}]`);
  for (const feature of content.features) add(`features.${feature.name}`, describeFeature(feature));
  add("label.name", label.name);
  add("label.when", label.when);
  add("label.value", label.value);
  add("label.aggregate", label.aggregate);
  add("label.wait", formatDuration(label.waitMs));
  add("label.default", label.default);
  for (const [name, value] of Object.entries(model)) add(`model.${name}`, value);
  for (const { name, formula } of policy.formulas) add(`policy.formulas.${name}`, formula);
  add("policy.decide", policy.decide);
  add("join.ttl", formatDuration(join.ttlMs));
  add("training.schedule", training.schedule);
  add("training.freshRows", training.freshRows === null ? null : percent(training.freshRows));
  add("training.minRows", training.minRows);
  add("training.holdout", percent(training.holdout));
  add("training.metric", training.metric);
  add("retention.rows", retention.rowsMs === null ? "for ever" : formatDuration(retention.rowsMs));
  add("retention.decisions", retention.decisionsMs === null ? "for ever" : formatDuration(retention.decisionsMs));
  add("retention.answers", formatDuration(retention.answersMs));
  add("retention.repeats", formatDuration(retention.repeatsMs));
  return paths;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(12))}%`;
}
