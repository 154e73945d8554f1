/**
 * Reminders that tire, from random decisions to a policy that is proved better twice: by held-out episodes before it serves, and as a canary
 * by what the episodes of its own users return. Run it with `node examples/canary.ts`, or on Kafka with `node examples/canary.ts BROKERS REGISTRY`;
 * canary.out is what it printed once. It runs in real time, so its numbers differ a little from run to run.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { openLoopstream } from "loopstream";
import { isRightTime, live, mean, newUsers, worth, type User } from "./fatigue/users.ts";

const USE_CASE = "reminders-with-care";
const USERS = 1_200;
const STEPS = 10;
/** The blueprint's `newest`: each policy is learnt from the episodes of the one before it alone. */
const NEWEST_MS = 40_000;
/** Labels wait two seconds. */
const WAITED_MS = 2_500;
/** A thousand ask at once. A user whose answer came too late would live by the default, and the log would not know. */
const WAIT = { timeout: 60_000, throwOnError: true };

const [brokers, registry] = process.argv.slice(2);
const kafka = brokers === undefined ? {} : { brokers: brokers.split(","), registry };
const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
const loop = await openLoopstream({ dir, schedules: false, ...kafka });
const text = await readFile(join(import.meta.dirname, "canary.yaml"), "utf8");
await loop.publishBlueprint(text);

/** New users, each until the last step or until he leaves. */
async function play(round: string): Promise<readonly User[]> {
  const users = newUsers(round, USERS);
  for (let step = 0; step < STEPS; step++) {
    const decide = async (user: User): Promise<void> => {
      const decisionId = `${user.id}-${step}`;
      const context = { lately: user.lately, right_time: isRightTime(user, step), step };
      const { value } = await loop.getDecision(USE_CASE, { unit: user.id, decisionId, context }, WAIT);
      await loop.logObservations(decisionId, live(user, step, value === "send"), { useCase: USE_CASE });
    };
    await Promise.all(users.flatMap((user) => (user.isThere ? [decide(user)] : [])));
  }
  await setTimeout(WAITED_MS);
  await loop.idle();
  return users;
}

async function learn(): Promise<string> {
  const trained = await loop.train(USE_CASE);
  if (trained.kind !== "trained") throw new Error(`too few steps: ${trained.rows}`);
  const { states, modelId } = trained.model;
  const { state, reason } = states.at(-1)!;
  console.log(`  a policy is learnt, and stands in ${state}: ${reason}`);
  return modelId;
}

/** The ladder looks every fifteen seconds. */
async function inProduction(modelId: string): Promise<void> {
  for (let waited = 0; waited < 120; waited++) {
    const model = (await loop.models(USE_CASE)).find((each) => each.modelId === modelId)!;
    const { state, reason } = model.states.at(-1)!;
    if (state === "production") return console.log(`  it goes into production: ${reason}`);
    if (state === "withdrawn") throw new Error(reason ?? "it was withdrawn");
    await setTimeout(1_000);
  }
  throw new Error("the canary was not decided within two minutes");
}

const began = Date.now();
const logged = await play("random");
console.log(`random decisions: an episode is worth ${worth(logged)}`);
await loop.publishBlueprint(text.replace(/^learning: .*\n/m, ""));
await learn();
await setTimeout(began + NEWEST_MS - Date.now());
console.log(`the first policy: an episode is worth ${worth(await play("first"))}`);
const second = await learn();
const both = [...(await play("both")), ...(await play("more"))];
console.log(`half of the users each: an episode is worth ${worth(both)}`);
await inProduction(second);
const served = await play("second");
console.log(`the second policy: an episode is worth ${worth(served)}`);
const valueOf = (users: readonly User[]): number => mean(users.map(({ value }) => value));
console.log(`that is ${(valueOf(served) / valueOf(logged)).toFixed(2)} times what random decisions were worth`);
await loop.close();
await rm(dir, { recursive: true });
