import { expect, test } from "vitest";
import { StreamsError, streamsLimits } from "../../../../streams/index.ts";
import { ProtocolError } from "../../../../streams/backbones/kafka/cluster/kafka-errors.ts";
import { MessageSizes } from "../../../../streams/backbones/kafka/requests/message-sizes.ts";

const MEGABYTE = 1_048_588;

function sizesOf(settings: Map<string, number>) {
  return new MessageSizes((topics) =>
    Promise.resolve(new Map(topics.flatMap((topic) => (settings.has(topic) ? [[topic, settings.get(topic)!]] : [])))),
  );
}

test("a topic takes what its setting says, and never more than the runtime", async () => {
  const settings = new Map([
    ["default", MEGABYTE],
    ["raised", 10_000_000],
    ["lowered", 50_000],
  ]);
  const sizes = sizesOf(settings);
  await sizes.learn([...settings.keys()]);
  expect(["default", "raised", "lowered", "unknown"].map((topic) => sizes.recordBytes(topic))).toEqual([
    streamsLimits.recordBytes,
    streamsLimits.recordBytes,
    expect.any(Number),
    streamsLimits.recordBytes,
  ]);
  expect(sizes.recordBytes("lowered")).toBeLessThan(50_000);
  expect(sizes.recordBytes("lowered")).toBeGreaterThan(49_000);
  expect(sizes.batchBytes("lowered")).toBe(50_000);
});

test("a refusal that a changed setting explains teaches the setting", async () => {
  const settings = new Map([["moved", MEGABYTE]]);
  const sizes = sizesOf(settings);
  await sizes.learn(["moved"]);
  settings.set("moved", 400_000);
  await sizes.refused("moved", 900_000, 700);
  expect(sizes.batchBytes("moved")).toBe(400_000);
  settings.set("moved", MEGABYTE);
  await sizes.learn(["moved"]);
  expect(sizes.recordBytes("moved")).toBe(streamsLimits.recordBytes);
});

test("a refusal that no setting explains halves the batch, and ends at the record that is refused alone", async () => {
  const sizes = sizesOf(new Map([["proxied", MEGABYTE]]));
  await sizes.refused("proxied", 1_000_000, 90);
  expect(sizes.batchBytes("proxied")).toBe(500_000);
  await sizes.refused("proxied", 499_000, 1);
  expect(sizes.batchBytes("proxied")).toBe(498_999);
  await sizes.learn(["proxied"]);
  expect(sizes.batchBytes("proxied")).toBe(498_999);
});

test("where the settings may not be asked for the defaults hold; where nobody answers that is told", async () => {
  let cause = new ProtocolError("ERROR_29", false, "secret: not authorized");
  const sizes = new MessageSizes(() => Promise.reject(new StreamsError("BACKBONE_UNAVAILABLE", "ask", cause)));
  await sizes.learn(["secret"]);
  expect(sizes.recordBytes("secret")).toBe(streamsLimits.recordBytes);
  cause = new ProtocolError("REQUEST_TIMED_OUT", true, "secret");
  await expect(sizes.learn(["secret"])).rejects.toMatchObject({ code: "BACKBONE_UNAVAILABLE" });
});
