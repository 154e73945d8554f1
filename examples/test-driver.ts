/**
 * An operator with two inputs, a store and timers, tried out with no broker, no disk and a clock moved by hand.
 * Run it with `node examples/test-driver.ts`; test-driver.out is what it prints.
 */
import { clock, deadLetters } from "../schemas/index.ts";
import { createTestDriver, defineOperator, defineTopic, defineTopology, jsonStore } from "../streams/index.ts";

const HOUR = 3_600_000;

const text = (name: string) => ({ name, type: "string" }) as const;
const sent = defineTopic<{ to: string }>({
  name: "parcels-sent",
  schema: { type: "record", name: "Sent", fields: [text("to")] },
});
const delivered = defineTopic<{ by: string }>({
  name: "parcels-delivered",
  schema: { type: "record", name: "Delivered", fields: [text("by")] },
});
const overdue = defineTopic<{ to: string; hours: number }>({
  name: "parcels-overdue",
  schema: { type: "record", name: "Overdue", fields: [text("to"), { name: "hours", type: "double" }] },
});

/** Says so when a parcel has not come 48 hours after it was sent. All three topics are keyed by the parcel's number. */
const watch = defineOperator({
  name: "watch",
  in: { sent, delivered },
  out: { overdue },
  state: { open: jsonStore<{ to: string; since: number }>() },
  globals: {},
  handlers: {
    sent(records, context) {
      for (const { key, value, time } of records) {
        context.state.open.put(key, { to: value.to, since: time });
        context.schedule(time + 48 * HOUR, key);
      }
    },
    delivered(records, context) {
      for (const { key } of records) {
        const parcel = context.state.open.get(key);
        if (parcel === undefined) throw new Error(`parcel ${key} was never sent`);
        context.cancel(parcel.since + 48 * HOUR, key);
        context.state.open.delete(key);
      }
    },
  },
  onTimer({ key, time }, context) {
    const { to, since } = context.state.open.get(key)!;
    context.emit("overdue", { key, value: { to, hours: (time - since) / HOUR }, time });
  },
});

const topology = defineTopology({ name: "parcels", operators: [watch], clock });
const driver = await createTestDriver(topology, { deadLetters, partitions: 3, start: Date.UTC(2026, 0, 1) });
const sending = driver.input(sent);
const arriving = driver.input(delivered);
const report = (what: string): void => {
  const late = driver.output(overdue).readAll();
  const words = late.map(({ key, value }) => `${key} to ${value.to}, ${value.hours} h`);
  console.log(`${what}: ${words.join("; ") || "nothing is overdue"}`);
};

await sending.send({ key: "p1", value: { to: "Anna" } }, { key: "p2", value: { to: "Ben" } });
report("two parcels are sent");

await driver.advanceBy(24 * HOUR);
await arriving.send({ key: "p1", value: { by: "van" } });
report("a day later p1 arrives");

await driver.advanceBy(24 * HOUR - 1);
report("a millisecond before 48 hours");
await driver.advanceBy(1);
report("48 hours");

await arriving.send({ key: "p3", value: { by: "bike" } });
for (const { topic, operator, message } of driver.deadLetters()) {
  console.log(`dead letter from ${topic} by ${operator}: ${message}`);
}

await driver.restart();
console.log(`after a restart p2 is still open: ${driver.state(watch, "open").get("p2") !== undefined}`);
await driver.close();
