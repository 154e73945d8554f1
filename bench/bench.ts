/**
 * `npm run bench`: one decision's work on this runtime and on its peers, side by side. docs/performance.md explains the
 * figures.
 */
import { benchOptions } from "./decisions/bench-options.ts";
import { prepareGround, type Ground } from "./decisions/ground.ts";
import { measureLatency } from "./decisions/latency.ts";
import { preparePeers, type Contender } from "./decisions/peers.ts";
import { preloadRequests } from "./decisions/work/preload.ts";
import { profile } from "./decisions/profile.ts";
import { report } from "./decisions/report.ts";
import { told, writeResults, type Result } from "./decisions/results.ts";
import { measureThroughput, type Backlog } from "./decisions/throughput.ts";
import { benchProduct } from "./product/product.ts";
import { productReport } from "./product/report.ts";

const options = benchOptions();
const peers = await preparePeers(options.peers, options.nodeArgs, options.javaArgs);
const contenders = options.guarantees.flatMap((guarantee) => peers.map((peer) => ({ peer, guarantee })));
const results: Result[] = [];

const short: Backlog = { topic: "backlog", total: options.backlog, first: options.backlog };
const long: Backlog | undefined =
  options.warmBacklog === undefined
    ? undefined
    : { topic: "warm-backlog", total: options.warmBacklog, first: options.backlog };
const backlogs =
  options.throughput || options.profile || options.product !== undefined
    ? [short, ...(long === undefined ? [] : [long])]
    : [];

async function measure(ground: Ground, { peer, guarantee }: Contender, round: number): Promise<void> {
  const keep = (result: Result): void => {
    results.push(result);
    console.log(told(result));
  };
  const run = { peer: peer.name, guarantee, round };
  if (options.throughput) {
    // `streams-low` is there for its latency: a long run would tell nothing more.
    const backlog = peer.name === "streams-low" ? short : (long ?? short);
    keep({ ...run, kind: "throughput", throughput: await measureThroughput(ground, peer, guarantee, backlog) });
  }
  if (options.latency !== undefined) {
    const name = `${peer.name}-${guarantee}-${round}`;
    keep({ ...run, kind: "latency", latency: await measureLatency(ground, peer, guarantee, name, options.latency) });
  }
}

// The results so far are kept.
let stopping = false;
process.once("SIGINT", () => {
  stopping = true;
  console.log("stops after this run; once more ends it at once");
  process.once("SIGINT", () => process.exit(130));
});

const ground = await prepareGround();
try {
  for (const { topic, total } of backlogs) await preloadRequests(ground.backbone, topic, total);
  if (options.product !== undefined) {
    const { rounds, product, profile, latency } = options;
    const done = await benchProduct({ rounds, ...product, profile, latency }, ground, contenders, long ?? short);
    console.log(`\n${productReport(done.figures, done.timed)}`);
  } else if (options.profile) {
    for (const { peer, guarantee } of contenders.filter((each) => each.peer.inNode)) {
      console.log(`\n${await profile(ground, peer, guarantee, long ?? short)}`);
    }
  } else {
    for (let round = 0; round < options.rounds; round++) {
      // Each round begins with another one, so that a busy neighbour slows all of them.
      for (let at = 0; at < contenders.length && !stopping; at++) {
        const contender = contenders[(at + round) % contenders.length]!;
        await measure(ground, contender, round).catch((error: unknown) => console.error(error));
      }
    }
  }
} finally {
  await ground.close();
}
if (results.length > 0) {
  const text = report(results);
  console.log(`\n${text}\nwritten to ${writeResults(results, text)}.md and .json`);
}
