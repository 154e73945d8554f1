/**
 * Reminders that tire: random decisions become episodes, a model learns what an action leads to, and its policy serves once newer episodes prove it
 * worth more. Each round learns from the decisions of the one before and goes a step further. Run it with `node examples/fatigue.ts`, or on Kafka
 * with `node examples/fatigue.ts BROKERS REGISTRY`; fatigue.out is what it prints.
 */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLoopstream } from "loopstream";

const USE_CASE = "reminders-that-tire";
const USERS = 1_000;
const STEPS = 10;
const ROUNDS = 3;
const STEP_MS = 5_000;
const ROUND_MS = 100_000;
const DISCOUNT = 0.95;
/** A thousand ask at once. A user whose answer came too late would live by the default, and the log would not know. */
const WAIT = { timeout: 60_000, throwOnError: true };

/** The same number from 0 to 1 for the same names, on every machine. */
const chance = (...names: readonly (number | string)[]): number =>
  createHash("sha256").update(names.join("/")).digest().readUInt32BE() / 2 ** 32;

const [brokers, registry] = process.argv.slice(2);
const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
const kafka = brokers === undefined ? {} : { brokers: brokers.split(","), registry };
const loop = await openLoopstream({ dir, schedules: false, ...kafka });
const text = await readFile(join(import.meta.dirname, "fatigue.yaml"), "utf8");
await loop.publishBlueprint(text);

interface User {
  readonly id: string;
  /** How many reminders still weigh on him, 0 to 6. */
  lately: number;
  /** What his episode was worth. */
  value: number;
  isThere: boolean;
}

/** What a user does once a reminder was sent, or not. The product does not know the chances. */
function live(
  user: User,
  step: number,
  rightTime: boolean,
  sent: boolean,
): { clicked?: boolean; came?: boolean; left: boolean } {
  const draw = (what: string): number => chance(user.id, step, what);
  const { lately } = user;
  user.lately = Math.max(0, Math.min(6, lately + (sent ? (rightTime ? 1 : 2) : -1)));
  if (!sent) return { came: draw("visit") < 0.06, left: false };
  return { clicked: draw("click") < (rightTime ? 0.6 : 0.05) - 0.1 * lately, left: lately >= 3 && draw("leave") < 0.4 };
}

/** New users, each until the last step or until he leaves. @returns what each one's episode was worth */
async function play(round: number, start: number): Promise<readonly number[]> {
  const users = Array.from({ length: USERS }, (_, n): User => ({
    id: `${round}-${n}`,
    lately: 0,
    value: 0,
    isThere: true,
  }));
  for (let step = 0; step < STEPS; step++) {
    const decide = async (user: User, n: number): Promise<void> => {
      const [time, decisionId] = [start + step * STEP_MS + n, `${user.id}-${step}`];
      const rightTime = chance(user.id, step, "time") < 0.5;
      const context = { lately: user.lately, right_time: rightTime, step };
      const { value } = await loop.getDecision(USE_CASE, { unit: user.id, decisionId, context }, { time, ...WAIT });
      const said = live(user, step, rightTime, value === "send");
      const { clicked, came, left } = said;
      user.value +=
        DISCOUNT ** step * (Number(clicked ?? false) + 0.5 * Number(came ?? false) - 0.1 * Number(clicked === false));
      user.isThere = !left;
      await loop.logObservations(decisionId, said, { useCase: USE_CASE, time: time + 1_000 });
    };
    await Promise.all(users.flatMap((user, n) => (user.isThere ? [decide(user, n)] : [])));
  }
  await loop.idle();
  return users.map(({ value }) => value);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function worth(values: readonly number[]): string {
  const of = mean(values);
  const error = Math.sqrt(mean(values.map((value) => (value - of) ** 2)) / values.length);
  return `${of.toFixed(2)} (95 %: ${(of - 1.96 * error).toFixed(2)} to ${(of + 1.96 * error).toFixed(2)})`;
}

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
console.log(`that is ${(mean(served) / mean(logged)).toFixed(2)} times what random decisions were worth`);
await loop.close();
await rm(dir, { recursive: true });
