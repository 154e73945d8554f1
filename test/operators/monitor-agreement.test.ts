import { expect, test } from "vitest";
import { blueprintTable } from "../../catalogue/index.ts";
import { monitor } from "../../operators/index.ts";
import { hourStore } from "../../operators/monitor/hour-store.ts";
import { countDecision, newHour } from "../../operators/monitor/logic.ts";
import { blueprints, clock, deadLetters, decisions, hourlyStats, type DecisionRecorded } from "../../schemas/index.ts";
import { createTestDriver, defineTopology } from "../../streams/index.ts";
import { random } from "../blueprints/random.ts";
import { decision, HOUR, published, START } from "./parcels.ts";

const topology = defineTopology({ name: "t", operators: [monitor], globals: [blueprintTable], clock });
const own = (proposed: DecisionRecorded["proposed"], value: DecisionRecorded["value"], more = {}): DecisionRecorded =>
  decision("d", START, { proposed, value, mode: "apprentice", reason: "control", ...more });
/** A ranking that showed these, and had one more option. */
const ranked = (proposed: readonly string[], shown: readonly string[]): DecisionRecorded => {
  const option = (optionId: string, position: number | null): DecisionRecorded["options"][number] => ({
    ...{ optionId, position, features: [], predictions: {}, score: null, sampled: 1, keys: {}, propensity: null },
  });
  const options = [...shown.map((id, at) => option(id, at + 1)), option("not shown", null)];
  return own(proposed, shown[0] ?? null, { options });
};
const counted = (...all: readonly DecisionRecorded[]) => {
  const hour = newHour();
  for (const one of all) countDecision(hour, one, [], Number.NaN);
  return hour;
};

test("a value agrees if it is the proposed one; nothing is counted without a proposal or without a known own choice", () => {
  const hour = counted(own([true], true), own([true], false), own([2.5], 2.5), own([], true), own([true], null));
  expect(hour.agreement).toEqual({ proposals: 3, agreed: 2, agreedFirst: 2 });
  expect(hour.holdoutAgreement.proposals).toBe(0);
});

test("a ranking agrees in the whole order that was shown, and in its first position", () => {
  const hour = counted(
    ranked(["a", "b"], ["a", "b"]),
    ranked(["a", "b"], ["a", "c"]),
    ranked(["a"], ["a", "b"]),
    ranked(["b", "a"], ["a", "b"]),
    ranked(["a"], []),
  );
  expect(hour.agreement).toEqual({ proposals: 4, agreed: 1, agreedFirst: 3 });
});

test("units that are held out are counted apart, and uniform draws, policies and history not at all", () => {
  const others = (["explore", "exploit", "logged", "noModel"] as const).map((reason) => own([true], true, { reason }));
  const hour = counted(own([true], true), own([true], false, { reason: "holdout", mode: "online" }), ...others);
  expect(hour.agreement).toEqual({ proposals: 1, agreed: 1, agreedFirst: 1 });
  expect(hour.holdoutAgreement).toEqual({ proposals: 1, agreed: 0, agreedFirst: 0 });
});

test("an hour that was kept before agreement was counted is gone on with, and takes its room", () => {
  const hour = counted(own([true], true));
  const kept = JSON.parse(Buffer.from(hourStore.encode(hour)).toString()) as unknown[];
  for (const length of [8, 9]) {
    const read = hourStore.decode(Buffer.from(JSON.stringify(kept.slice(0, length))));
    expect(read.agreement.proposals).toBe(0);
    expect(read.bytes).toBe(hour.bytes + 6 * 17 + 12);
    countDecision(read, own([true], true), [], Number.NaN);
    expect(read).toMatchObject({ decisions: 2, agreement: { proposals: 1, agreed: 1, agreedFirst: 1 } });
  }
  expect(hourStore.decode(hourStore.encode(hour))).toEqual(hour);
});

test.each([1, 2, 3])("batches and restarts change no count (seed %i)", async (seed) => {
  const next = random(seed);
  const all = Array.from({ length: 300 }, (_, i) => {
    const reason = next() < 0.2 ? "holdout" : "control";
    const made = own(next() < 0.1 ? [] : [next() < 0.8], true, { reason, decisionId: `d${i}` });
    return { key: `d${i}`, value: made, time: START + Math.floor(next() * 3 * HOUR) };
  }).toSorted((a, b) => a.time - b.time);
  const stats = async (batch: () => number, restarts: boolean) => {
    const driver = await createTestDriver(topology, { deadLetters, start: START });
    await driver.input(blueprints).send(published());
    for (let at = 0; at < all.length;) {
      const size = batch();
      await driver.input(decisions).send(...all.slice(at, (at += size)));
      if (restarts && next() < 0.3) await driver.restart();
    }
    await driver.advanceTo(START + 5 * HOUR);
    const found = driver.output(hourlyStats).readAll();
    await driver.close();
    return found.map(({ value: { hour, agreement, holdoutAgreement } }) => ({ hour, agreement, holdoutAgreement }));
  };
  const whole = await stats(() => all.length, false);
  const [proposals, agreed] = [0, 0].map((_, which) =>
    whole.reduce((sum, { agreement }) => sum + [agreement.proposals, agreement.agreed][which]!, 0),
  );
  const control = all.filter(({ value: { reason, proposed } }) => reason === "control" && proposed.length > 0);
  expect([proposals, agreed]).toEqual([
    control.length,
    control.filter(({ value }) => value.proposed[0] === true).length,
  ]);
  expect(await stats(() => 1 + Math.floor(next() * 20), true)).toEqual(whole);
});
