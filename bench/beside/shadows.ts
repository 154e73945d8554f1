/**
 * `npm run bench:shadows [-- --rounds 10 --seconds 10 --rate 100 --versions 5 --until 2013-01-08 --embedded --brokers HOST:PORT --registry URL]`
 *
 * Do versions in shadow slow the live loop? The loop runs as a process of its own, on a Kafka of the benchmark's own unless told otherwise, with days of flights
 * behind it. Two processes run the versions in shadow; the model of one version cannot be loaded, so that each of its records fails. This process asks the loop at
 * a steady rate, in rounds in turn: while they stand still, while they work, and after one of them was killed. Prints the p50, p90 and p99, and the ratios.
 */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { parseBlueprint } from "../../blueprints/index.ts";
import { models, type ModelRecorded } from "../../schemas/index.ts";
import { shadowView } from "../../loop/index.ts";
import { Publisher, Serdes } from "../../streams/index.ts";
import { compared, quantile } from "./compare.ts";
import { openLivePlace } from "./live-place.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "10" },
    seconds: { type: "string", default: "10" },
    rate: { type: "string", default: "100" },
    versions: { type: "string", default: "5" },
    until: { type: "string", default: "2013-01-08" },
    embedded: { type: "boolean", default: false },
    brokers: { type: "string" },
    registry: { type: "string" },
  },
});
const [rounds, seconds, rate, versions] = [flags.rounds, flags.seconds, flags.rate, flags.versions].map(Number) as [
  number,
  number,
  number,
  number,
];
const place = await openLivePlace(flags);
const ask = (): Promise<readonly number[]> => place.ask(rate, seconds);
const useCase = "flight-delays";
const text = readFileSync(join(import.meta.dirname, "../../examples/flights.yaml"), "utf8");

/** Each looks back on another time. */
const texts = Array.from({ length: versions }, (_, n) => text.replaceAll("in: 3h", `in: ${4 + n}h`));
const names = texts.map((each) => parseBlueprint(each).version);

async function putInShadow(): Promise<void> {
  for (const [n, each] of texts.entries()) {
    const file = join(place.dir, `version-${n}.yaml`);
    writeFileSync(file, each);
    await place.done(["blueprint", "shadow", useCase, file]);
  }
  const serdes = new Serdes(place.registry);
  const publisher = await Publisher.open(place.backbone, serdes, 1);
  const value: ModelRecorded = {
    ...{ modelId: "broken", useCase, blueprintVersion: names[0]!, metrics: {}, report: null },
    artifact: { sha256: "0".repeat(64), bytes: 10, chunks: 1, partition: 0, offset: 0 },
    states: [{ state: "production", time: 0, reason: "its file is nowhere", share: null, by: "unit", ladder: false }],
    provenance: {
      ...{ rowsTopic: "", ranges: [], until: 0, rows: 0, holdout: 0, seed: 0, trainedUntil: 0, codeVersion: "" },
      ...{
        versions: [],
        leftOut: [],
        treated: [],
        trainedRows: [],
        refitted: false,
        labelsTrainedUntil: [],
        evaluation: 0,
        kept: 0,
        imported: null,
      },
    },
  };
  await publisher.publish([{ topic: models, key: `${useCase}/broken`, value, time: 0 }]);
  await publisher.close();
}

/** Decisions of all versions in shadow so far. */
async function made(): Promise<number> {
  let sum = 0;
  for (const version of names) {
    const side = shadowView(place.backbone, { useCase, version });
    if ((await side.partitions("decisions")) === undefined) continue;
    sum += (await side.offsets(["decisions"])).reduce((all, { end }) => all + end, 0);
  }
  return sum;
}

function start(folder: string): ChildProcess {
  const child = place.loopstream(["shadows", "--json"], folder);
  child.stdout!.resume();
  return child;
}

// On the embedded log a group has one member.
const processes = flags.embedded ? [start("first")] : [start("first"), start("second")];
const last = flags.embedded ? "first" : "second";
const all = (signal: NodeJS.Signals): void => processes.forEach((child) => void child.kill(signal));

try {
  await ask();
  await putInShadow();
  while ((await made()) === 0) {
    await ask();
    await delay(1_000);
  }
  await delay(5_000);
  const alone: (readonly number[])[] = [];
  const beside: (readonly number[])[] = [];
  const killed: (readonly number[])[] = [];
  const counts: number[] = [];
  for (let round = 0; round < rounds; round++) {
    all("SIGSTOP");
    alone.push(await ask());
    all("SIGCONT");
    // They catch up with what they missed.
    await delay(5_000);
    const before = await made();
    beside.push(await ask());
    counts.push((await made()) - before);
    const victim = processes.pop()!;
    victim.kill("SIGKILL");
    await once(victim, "close");
    killed.push(await ask());
    processes.push(start(last));
    await delay(5_000);
    const p99 = [alone, beside, killed].map((each) => quantile(each.at(-1)!, 0.99).toFixed(1));
    console.error(`round ${round + 1} of ${rounds}: p99 ${p99[0]} alone, ${p99[1]} beside, ${p99[2]} ms after a kill`);
  }
  const perSecond = counts.reduce((sum, count) => sum + count, 0) / (rounds * seconds);
  console.log(
    `${rate} requests a second, ${rounds} rounds of ${seconds} s each, ${place.kind}; ${versions} versions in shadow made ` +
      `${perSecond.toFixed(0)} decisions a second meanwhile\n`,
  );
  console.log(compared(alone, { "beside the shadows": beside, "after one process of theirs was killed": killed }));
} finally {
  for (const child of processes) {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "close");
  }
  await place.close();
  // Connections to a closed log are left to the end of the process.
  process.exit();
}
