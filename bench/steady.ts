/**
 * `npm run bench:steady [-- --minutes 10 --rate 2000 --guarantee exactly-once --peer ours]`: one process holds a rate for long, with broker and client beside
 * it; then ten times the rate for 20 s, and how long it takes to be back.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { prepareGround } from "./decisions/ground.ts";
import { cpuSeconds, residentMiB } from "./decisions/measure.ts";
import { preparePeers, type PeerName } from "./decisions/peers.ts";
import { median } from "./rounds.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    rate: { type: "string", default: "2000" },
    guarantee: { type: "string", default: "exactly-once" },
    peer: { type: "string", default: "ours" },
  },
});
const WARM_UP_S = 10;
const BURST_S = 20;
const AFTER_S = 40;
/** From then on the p99 of a second, in the median, should be as before the burst. */
const RECOVERED_S = 10;
const rate = Number(values.rate);
const seconds = Math.round(Number(values.minutes) * 60);
const { guarantee } = values;
if (guarantee !== "exactly-once" && guarantee !== "at-least-once") {
  throw new Error(`--guarantee ${guarantee}: write exactly-once or at-least-once`);
}

interface Second {
  readonly rate: number;
  readonly answered: number;
  readonly waiting: number;
  readonly p50: number | null;
  readonly p99: number | null;
}

const [peer] = await preparePeers([values.peer as PeerName], [], []);
const ground = await prepareGround();
try {
  await ground.createTopic("steady");
  const started = await ground.start(peer!, guarantee, "steady");
  const phases = `${rate}x${WARM_UP_S + seconds},${rate * 10}x${BURST_S},${rate}x${AFTER_S}`;
  const args = ["--brokers", ground.brokers, "--requests", "steady", "--phases", phases];
  const before = cpuSeconds(started.process.pid);
  const file = join(import.meta.dirname, "decisions/steady-client.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], { maxBuffer: 64 << 20 });
  const cpu = cpuSeconds(started.process.pid) - before;
  const memory = residentMiB(started.process.pid);
  const told = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Second);
  const steady = told.slice(WARM_UP_S, WARM_UP_S + seconds).filter(({ p99 }) => p99 !== null);
  const p99 = (part: readonly Second[]): number => median(part.map((second) => second.p99!));
  const waiting = (part: readonly Second[]): number => median(part.map((second) => second.waiting));
  const quarter = Math.floor(steady.length / 4);
  const [first, last] = [steady.slice(0, quarter), steady.slice(-quarter)];
  const normal = p99(steady);
  const after = told.slice(told.findLastIndex((second) => second.rate === rate * 10) + 1);
  const back = after.findIndex((second) => second.p99 !== null && second.p99 <= 2 * normal);
  console.log(`${values.peer}, ${guarantee}, ${rate}/s for ${seconds} s, then ${rate * 10}/s for ${BURST_S} s
p50 of a second, median        ${median(steady.map((second) => second.p50!)).toFixed(1)} ms
p99 of a second, median        ${normal.toFixed(1)} ms; of the worst tenth ${steady
    .map((second) => second.p99!)
    .sort((a, b) => a - b)
    [Math.floor(steady.length * 0.9)]!.toFixed(1)} ms
unanswered, first quarter      ${waiting(first)}, last quarter ${waiting(last)}: ${waiting(last) <= 2 * waiting(first) + 50 ? "no growing lag" : "GROWING LAG"}
p99, first and last quarter    ${p99(first).toFixed(1)} and ${p99(last).toFixed(1)} ms
most unanswered in the burst   ${Math.max(...told.map((second) => second.waiting))}
back at twice that p99 after   ${back < 0 ? `more than ${after.length}` : back + 1} s from the burst's end
p99 from ${RECOVERED_S} s after it on      ${p99(after.slice(RECOVERED_S).filter((second) => second.p99 !== null)).toFixed(1)} ms
CPU                            ${((cpu / told.reduce((sum, second) => sum + second.answered, 0)) * 1e6).toFixed(1)} µs a decision
resident                       ${memory.now.toFixed(0)} MiB, at most ${memory.peak.toFixed(0)}`);
  await started.end();
} finally {
  await ground.close();
}
