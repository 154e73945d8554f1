import { withCarets, type Blueprint, type CheckedBlueprint } from "../../blueprints/index.ts";
import type { ModelRecorded } from "../../schemas/index.ts";
import { modelsAt } from "../../catalogue/index.ts";
import type { GlobalView } from "../../streams/index.ts";
import {
  lackingText,
  type Lacking,
  type ListedVersion,
  type PublishedVersion,
  type Warming,
} from "../../loop/index.ts";
import { shownTime, table, type Output } from "./output.ts";
import { stderrLine } from "../terminal/status-line.ts";

const SAY_EVERY_MS = 5_000;

/**
 * Writes the warnings of a text to stderr; a program finds them in the result.
 *
 * @param text the file's, of which each warning shows its line
 */
export function sayWarnings(warnings: CheckedBlueprint["warnings"], { json }: Output, text?: string): void {
  if (json) return;
  for (const told of withCarets(warnings, text)) stderrLine.write(`warning: ${told}`);
}

/** Windows that will count none of the events that are there, on stderr; a program finds them in the result. */
export function sayLacking(lacking: readonly Lacking[], { json }: Output): void {
  if (json) return;
  for (const one of lacking) stderrLine.write(`warning: ${lackingText(one)}`);
}

/** The effects of publishing a version, for people. */
export function publishedText(published: PublishedVersion): string {
  const { useCase, version, changes, partial } = published;
  return [
    `${useCase} ${version} ${doneWith(published)}`,
    ...changes.map((change) => `  ${change}`),
    ...partial.map(
      ({ feature, retainedFrom, wholeFrom }) =>
        `  ${feature} is whole from ${shownTime(wholeFrom)}: events before ${shownTime(retainedFrom)} are not retained`,
    ),
    ...missingText(published.warming),
  ].join("\n");
}

/**
 * Set if other versions have a model in production and this one has none: the effect on its decisions, and the next
 * step.
 */
export function unservedText(
  { useCase, version, training, posterior }: Blueprint,
  models: GlobalView<ModelRecorded>,
): string | undefined {
  const serves = (of: string): boolean =>
    modelsAt(models, useCase, of, Number.MAX_SAFE_INTEGER).production !== undefined;
  const others = [...models.values()].filter((model) => model.useCase === useCase && serves(model.blueprintVersion));
  // What is learnt row by row is there without a training.
  if (others.length === 0 || serves(version) || posterior !== null) return undefined;
  return (
    `no model serves version ${version} yet: it decides as without one (reason noModel) until one is trained on ${training.minRows} rows that it ` +
    `may train on. Rows of versions before may be among these: loopstream train --use-case ${useCase}. ` +
    "To have a model from its first decision: publish with --not-live, replay into its rows, train, and publish (docs/replay.md). " +
    `The version before, published again, is live again with its model`
  );
}

function doneWith({ unchanged, liveAfter, warming }: PublishedVersion): string {
  if (liveAfter === null) return "is published, not live";
  if (unchanged) return "is live already";
  if (liveAfter > Date.now()) return `is live after ${shownTime(liveAfter)}`;
  const filled = warming !== null && warming.instances > 0 && warming.ready === warming.instances;
  return filled ? `is live; ${instances(warming.instances)} filled its windows` : "is live";
}

function missingText(warming: Warming | null): readonly string[] {
  if (warming === null) return [];
  if (warming.instances === 0)
    return ["  no loop is running: it fills the new windows when it starts, before it decides"];
  const { ready, instances: all, eventsLeft } = warming;
  if (ready === all) return [];
  return [
    `  missing: ${all - ready} of ${instances(all)} still filling its windows, with ${eventsLeft.toLocaleString("en")} events to read; decisions there wait until then`,
  ];
}

/** Names the processes that a publish waits for: at first, and every few seconds. */
export function sayWarming(say: (line: string) => void): (warming: Warming) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (warming) => {
    if (performance.now() < saidAt + SAY_EVERY_MS) return;
    saidAt = performance.now();
    say(warmingText(warming));
  };
}

export const warmingText = ({ ready, instances: all, eventsLeft }: Warming): string =>
  `warming: ${ready} of ${instances(all)} ready, ${eventsLeft.toLocaleString("en")} events to read; the version before answers until then`;

const words: Readonly<Record<ListedVersion["state"], string>> = {
  live: "live",
  later: "live later",
  warming: "warming",
  shadow: "in shadow",
  notLive: "not live",
  replaced: "replaced",
  withdrawn: "withdrawn",
};

export const versionTable = (listed: readonly ListedVersion[]): string =>
  table(["use case", "version", "state", "since", "until"], listed.map(versionRow));

const versionRow = ({ useCase, version, state, since, until }: ListedVersion): readonly string[] => [
  ...[useCase, version, words[state]],
  since === null ? "" : sinceText(since),
  until === null ? "" : shownTime(until),
];

/** The first version of a use case is live from time 0, so that history can be imported. */
const sinceText = (since: number): string => (since === 0 ? "the beginning" : shownTime(since));
const instances = (count: number): string => `${count} running instance${count === 1 ? "" : "s"}`;
