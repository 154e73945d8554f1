import { cpus } from "node:os";
import type { CostReport, GroupCost, KeptState, Micros } from "../../recompute/index.ts";
import { shortened } from "../../streams/index.ts";
import { shownTime, table } from "../text/output.ts";

const KEY_BYTES = 40;
const HEAD = ["group", "features", "µs a decision", "reads", "keys", "state", "largest key"];

/** A report for people; the JSON has the names of the features and every figure of the rounds. */
export function costText(report: CostReport): string {
  const { groups, features, batch, rounds } = report;
  return [
    ...headText(report),
    "",
    table(HEAD, [...rowsOf(groups), ["all features together", count(groups), shownMicros(features), "", "", "", ""]]),
    "",
    ...groups.flatMap(noteText),
    `µs: processor time of this process on ${cpus()[0]?.model.trim() ?? "this machine"}, Node ${process.versions.node}. The median of ${rounds} ` +
      "rounds, with the least and the most.",
    `Features and policy run decision by decision, models in batches of ${batch}. The state is that of all retained events and rows, ` +
      "as of the newest decision.",
  ].join("\n");
}

function headText(report: CostReport): readonly string[] {
  const { useCase, version, live, decisions, from, to, differing, differences, leftOut, eventsGoneUntil } = report;
  const kinds = Object.entries(differences).map(([kind, found]) => `${kind} ${n(found)}`);
  const same = differing === 0 ? "none differs from its record" : `${n(differing)} differ from their records`;
  const by = kinds.length === 0 ? "" : ` (${kinds.join(", ")}: \`loopstream audit\` tells why)`;
  return [
    `${useCase} ${version}: ${n(decisions)} decisions made again, ${shownTime(from)} to ${shownTime(to)}: ${same}${by}`,
    ...(live === version ? [] : [`  it is not the live version, which is ${live ?? "none"}`]),
    ...(leftOut.otherVersions === 0 ? [] : [`  left out: ${n(leftOut.otherVersions)} of other versions`]),
    ...(leftOut.withoutRequest === 0
      ? []
      : [`  left out: ${n(leftOut.withoutRequest)} whose requests are not retained any more`]),
    ...(eventsGoneUntil === null
      ? []
      : [`  events up to ${shownTime(eventsGoneUntil)} are not retained: windows hold less here than in the loop`]),
  ];
}

/** A state that several groups read is counted once. */
function rowsOf(groups: readonly GroupCost[]): readonly (readonly string[])[] {
  const said = new Set<string>();
  return groups.map(({ kind, name, features, micros, reads, state }) => {
    const isSaid = state.length > 0 && state.every((one) => said.has(one.name));
    for (const one of state) said.add(one.name);
    const known = isSaid ? [] : state;
    return [
      name === "" ? kind : `${kind} ${name}`,
      features.length === 0 ? "" : n(features.length),
      micros === null ? "unknown" : shownMicros(micros),
      reads.most === 0 ? "" : figure(reads.mean),
      known.map(({ keys }) => (keys === null ? "" : n(keys))).join(" + "),
      isSaid ? "as above" : known.map(stateText).join(" + "),
      known.map(({ largest }) => largestText(largest)).join(" + "),
    ];
  });
}

function stateText({ bytes, place, memoryBytes, keys }: KeptState): string {
  if (keys === null) return `a file of ${n(bytes)} B`;
  if (place === "keyed") return `${n(bytes)} B on disk, of all processes together`;
  if (place === "disk") return `${n(bytes)} B on disk`;
  return memoryBytes === null ? `${n(bytes)} B in memory` : `${n(bytes)} B, about ${sizeText(memoryBytes)} of memory`;
}

const KIB = 1 << 10;
const MIB = 1 << 20;
const sizeText = (bytes: number): string =>
  bytes < MIB ? `${n(Math.ceil(bytes / KIB))} KiB` : `${n(Math.ceil(bytes / MIB))} MiB`;

function largestText(largest: KeptState["largest"]): string {
  if (largest === null) return "";
  return `${largest.key === "" ? "(of all)" : shortened(largest.key, KEY_BYTES)}: ${n(largest.bytes)} B`;
}

function noteText({ kind, name, coldMicros, aloneMicros, unknown, state }: GroupCost): readonly string[] {
  const of = `${kind} ${name}`.trim();
  return [
    ...(unknown === null ? [] : [`${of}: unknown, ${unknown}`]),
    ...(state.some(({ place }) => place === "keyed")
      ? [`${of}: each process has a part of the keys; the time is that of its own, without asking another process`]
      : []),
    ...(coldMicros === null ? [] : [`${of}: ${figure(coldMicros)} µs while the engine's caches are empty`]),
    ...(aloneMicros === null ? [] : [`${of}: ${shownMicros(aloneMicros)} µs one decision at a time`]),
  ];
}

const count = (groups: readonly GroupCost[]): string => n(new Set(groups.flatMap(({ features }) => features)).size);

const shownMicros = ({ median, least, most }: Micros): string => `${figure(median)} (${figure(least)}–${figure(most)})`;
const figure = (value: number): string => (value < 100 ? value.toPrecision(3) : n(Math.round(value)));
const n = (value: number): string => value.toLocaleString("en");
