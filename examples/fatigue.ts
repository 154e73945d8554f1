/**
 * Reminders that tire: random decisions become episodes, a model learns what an action leads to, and its policy serves once newer episodes prove it
 * worth more. Each round learns from the decisions of the one before and goes a step further. Run it with `node examples/fatigue.ts`, or on Kafka
 * with `node examples/fatigue.ts BROKERS REGISTRY`; fatigue.out is what it prints.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLoopstream } from "loopstream";
import { isRightTime, live, mean, newUsers, worth, type User } from "./fatigue/users.ts";

const USE_CASE = "reminders-that-tire";
const USERS = 1_000;
const STEPS = 10;
const ROUNDS = 3;
const STEP_MS = 5_000;
const ROUND_MS = 100_000;
/** A thousand ask at once. A user whose answer came too late would live by the default, and the log would not know. */
const WAIT = { timeout: 60_000, throwOnError: true };

const [brokers, registry] = process.argv.slice(2);
const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
const kafka = brokers === undefined ? {} : { brokers: brokers.split(","), registry };
const loop = await openLoopstream({ dir, schedules: false, ...kafka });
const text = await readFile(join(import.meta.dirname, "fatigue.yaml"), "utf8");
await loop.publishBlueprint(text);

/** New users, each until the last step or until he leaves. */
async function play(round: number, start: number): Promise<readonly User[]> {
  const users = newUsers(String(round), USERS);
  for (let step = 0; step < STEPS; step++) {
    const decide = async (user: User, n: number): Promise<void> => {
      const [time, decisionId] = [start + step * STEP_MS + n, `${user.id}-${step}`];
      const context = { lately: user.lately, right_time: isRightTime(user, step), step };
      const { value } = await loop.getDecision(USE_CASE, { unit: user.id, decisionId, context }, { time, ...WAIT });
      const said = live(user, step, value === "send");
      await loop.logObservations(decisionId, said, { useCase: USE_CASE, time: time + 1_000 });
    };
    await Promise.all(users.flatMap((user, n) => (user.isThere ? [decide(user, n)] : [])));
  }
  await loop.idle();
  return users;
}

const valueOf = (users: readonly User[]): number => mean(users.map(({ value }) => value));

const start = Date.now() - (ROUNDS + 1) * ROUND_MS;
const logged = await play(0, start);
console.log(`random decisions: an episode is worth ${worth(logged)}`);
// From now on a model decides, once there is one.
await loop.publishBlueprint(text.replace(/^learning: .*\n/m, ""), { from: start + ROUND_MS - 2_000 });
let served = logged;
for (let round = 1; round <= ROUNDS; round++) {
  const trained = await loop.train(USE_CASE, { until: start + round * ROUND_MS - 1_000 });
  if (trained.kind !== "trained") throw new Error(`too few steps: ${trained.rows}`);
  const { effectiveEpisodes, gain, gainLow, gainHigh } = trained.model.metrics;
  const proof = `${gain!.toFixed(2)} more (95 %: ${gainLow!.toFixed(2)} to ${gainHigh!.toFixed(2)}) by ${effectiveEpisodes!.toFixed(0)} effective episodes`;
  console.log(`round ${round}: a policy ${trained.promoted ? "serves" : "is refused"}: ${proof}`);
  served = await play(round, start + round * ROUND_MS);
  console.log(`         an episode is worth ${worth(served)}`);
}
console.log(`that is ${(valueOf(served) / valueOf(logged)).toFixed(2)} times what random decisions were worth`);
await loop.close();
await rm(dir, { recursive: true });
