import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { answeredStore } from "../../operators/decide/answered.ts";
import type { PendingObservation } from "../../operators/join/known.ts";
import { decidedStore, moreStore, pendingStore } from "../../operators/join/stores.ts";
import { decisions, formerState, type DecisionRecorded } from "../../schemas/index.ts";
import { avroStore, createMemoryEngine, defineTopic, type AvroSchema } from "../../streams/index.ts";
import { TaskState } from "../../streams/state/task-state.ts";

type Stored = Readonly<Record<string, readonly (readonly [key: string, base64: string])[]>>;
const stored = JSON.parse(
  readFileSync(new URL("../fixtures/former-state/state.json", import.meta.url), "utf8"),
) as Stored;

async function stateOf(task: string): Promise<TaskState> {
  const database = await createMemoryEngine().open(task);
  await database.write(stored[task]!.map(([key, value]) => [key, Buffer.from(value, "base64")] as const));
  return TaskState.open(database);
}

describe("state of a release that kept no schemas with it", () => {
  test("has its answers", async () => {
    const state = await stateOf("enrich-infer-decide-0");
    const [answered] = state.store("decide.answered", answeredStore).get("d1")!;
    expect(answered).toMatchObject({ useCase: "parcels", unit: "u1", reply: { reason: "noModel", value: null } });
  });

  test("has its decisions, observations and labels", async () => {
    const state = await stateOf("join-etl-monitor-0");
    const known = state.store("join.pending", pendingStore).get("d1")!;
    expect(known.uses).toMatchObject([{ useCase: "parcels", open: true, done: true, label: 1 }]);
    expect(known.few).toMatchObject([{ values: { kind: "arrival", delay: 20 }, optionId: "" }]);
    const { made } = state.store("join.decided", decidedStore).get("d2")!;
    expect(made.map(({ decision }) => decision)).toMatchObject([
      { decisionId: "d2", unit: "u2", reason: "noModel", options: [], candidates: 0 },
    ]);
  });

  test("has observations with keys of their own, of no option", () => {
    const former = avroStore<Omit<PendingObservation, "optionId" | "activation">>(
      defineTopic({ name: "former-more", schema: formerState["join.more"] }),
    );
    const one = { id: "o1", useCase: "", time: 5, values: { delay: 20, kind: "arrival" }, partition: 1, offset: 7 };
    const read = moreStore.reading!(former.schema!);
    expect({ ...read(former.encode(one)) }).toEqual({ ...one, optionId: "", activation: false });
    const now = { ...one, optionId: "a", activation: true };
    expect({ ...moreStore.decode(moreStore.encode(now)) }).toEqual(now);
  });

  test("is read by a later one whose decisions have a field more", async () => {
    const schema = JSON.parse(JSON.stringify(formerState["join.decided"])) as {
      fields: { name: string; type: { items: { fields: { name: string; type: AvroSchema }[] } } }[];
    };
    const decision = decisions.schema as { readonly fields: readonly object[] };
    const widened = { ...decision, fields: [...decision.fields, { name: "payload", type: "string", default: "none" }] };
    schema.fields.find(({ name }) => name === "made")!.type.items.fields.find(({ name }) => name === "decision")!.type =
      widened;
    const later = avroStore<{ readonly made: readonly { readonly decision: DecisionRecorded }[] }>(
      defineTopic({ name: "later", schema }),
      formerState["join.decided"],
    );
    const { made } = (await stateOf("join-etl-monitor-0")).store("join.decided", later).get("d2")!;
    expect(made.map((one) => one.decision)).toMatchObject([{ decisionId: "d2", payload: "none" }]);
  });
});
