import { expect } from "vitest";
import { decisions, models, type DecisionReplied } from "../../schemas/index.ts";
import { openTools, publishBlueprint, type Tools } from "../../loop/index.ts";
import { readTopic } from "../../streams/index.ts";
import { writeArtifact } from "../../serving/index.ts";
import type { Fleet } from "../chaos/fleet.ts";
import { Product, type OpenPlace } from "../chaos/product.ts";
import { HOUR, inProduction, onnx, PARCELS, parcels, START } from "../operators/parcels.ts";

/**
 * A request sent five times while every process is killed in turn and a model is published has one record and equal replies; a sixth, after the
 * retention of answers, a record of its own that says so. `openAlone` is used before the fleet starts, `open` while it runs.
 */
export async function oneDecision(
  fleet: Fleet,
  open: OpenPlace,
  openAlone: OpenPlace,
  partitions: number,
): Promise<void> {
  const withTools = async <T>(at: OpenPlace, work: (tools: Tools) => Promise<T>): Promise<T> => {
    const place = await at();
    const tools = await openTools({ ...place, partitions, codeVersion: "test" });
    try {
      return await work(tools);
    } finally {
      await tools.close();
      await place.close();
    }
  };
  const product = new Product(open);
  const replies: DecisionReplied[] = [];
  product.onReply = (reply) => replies.push(reply);
  const ask = async (time: number): Promise<void> => {
    const request = product.request("d", "anna", parcels.useCase, { weight: 20 }, time);
    const before = replies.length;
    await product.send([request] as never);
    while (replies.length === before) await product.hear(100);
  };
  try {
    const { version } = await withTools(openAlone, (tools) =>
      publishBlueprint(tools, `${PARCELS}retention: { answers: 12h }\n`),
    );
    await fleet.startAll();
    await ask(START);
    for (let index = 0; index < fleet.size; index++) {
      await fleet.kill(index);
      if (fleet.size > 1) await ask(START + 1 + index);
      await fleet.start(index);
    }
    await product.insist(() =>
      withTools(open, async ({ backbone, publisher }) => {
        const artifact = await writeArtifact(backbone, publisher, onnx, START, {});
        const { key, value, time } = inProduction(artifact.sha256, START);
        await publisher.publish([
          { topic: models, key, value: { ...value, blueprintVersion: version, artifact }, time },
        ]);
      }),
    );
    while (replies.length < 5) await ask(START + HOUR + replies.length);
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(replies[0]).toMatchObject({ decisionId: "d", reason: "noModel", repeatOf: null });
    await ask(START + 13 * HOUR);
    expect(replies[5]).toMatchObject({ decisionId: "d", value: true, reason: "exploit", repeatOf: START });
    const records = await product.insist(() =>
      withTools(open, async ({ backbone, serdes }) => {
        const found = [];
        for await (const { value } of readTopic(backbone, serdes, decisions)) found.push(value);
        return found;
      }),
    );
    expect(records.map(({ decisionTime, repeatOf }) => [decisionTime, repeatOf])).toEqual([
      [START, null],
      [START + 13 * HOUR, START],
    ]);
  } finally {
    await product.close();
    await fleet.stopAll();
  }
}
