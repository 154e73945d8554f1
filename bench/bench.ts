/** `npm run bench`: one decision's work on this runtime and on its peers, side by side. docs/performance.md says what is measured and why. */
import { benchOptions } from "./decisions/bench-options.ts";
import { prepareGround, type Ground } from "./decisions/ground.ts";
import { measureLatency } from "./decisions/latency.ts";
import { preparePeers, type Contender } from "./decisions/peers.ts";
import { preloadRequests } from "./decisions/preload.ts";
import { profile } from "./decisions/profile.ts";
import { report } from "./decisions/report.ts";
import { told, writeResults, type Result } from "./decisions/results.ts";
import { measureThroughput } from "./decisions/throughput.ts";

const options = benchOptions();
const peers = await preparePeers(options.peers, options.nodeArgs, options.javaArgs);
const contenders = options.guarantees.flatMap((guarantee) => peers.map((peer) => ({ peer, guarantee })));
const results: Result[] = [];

const backlog = { kind: "cold", topic: "backlog", count: options.backlog } as const;
const backlogs = [
  ...(options.throughput || options.profile ? [backlog] : []),
  ...(options.warmBacklog === undefined
    ? []
    : [{ kind: "warm", topic: "warm-backlog", count: options.warmBacklog } as const]),
];

async function measure(ground: Ground, { peer, guarantee }: Contender, round: number): Promise<void> {
  const keep = (result: Result): void => {
    results.push(result);
    console.log(told(result));
  };
  const run = { peer: peer.name, guarantee, round };
  for (const { kind, topic, count } of backlogs) {
    // Its commits are so short that the long run would take longer than all others together.
    if (kind === "warm" && peer.name === "streams-low") continue;
    keep({ ...run, kind, throughput: await measureThroughput(ground, peer, guarantee, topic, count) });
  }
  if (options.latency !== undefined) {
    const name = `${peer.name}-${guarantee}-${round}`;
    keep({ ...run, kind: "latency", latency: await measureLatency(ground, peer, guarantee, name, options.latency) });
  }
}

const ground = await prepareGround();
try {
  for (const { topic, count } of backlogs) await preloadRequests(ground.backbone, topic, count);
  if (options.profile) {
    for (const { peer, guarantee } of contenders.filter((each) => each.peer.inNode)) {
      console.log(`\n${await profile(ground, peer, guarantee, backlog.topic, backlog.count)}`);
    }
  } else {
    for (let round = 0; round < options.rounds; round++) {
      // Each round begins with another one, so that a busy neighbour slows all of them.
      for (let at = 0; at < contenders.length; at++) {
        await measure(ground, contenders[(at + round) % contenders.length]!, round);
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
