import { expect, test } from "vitest";
import { blueprints, decisions, events, observations, rowsTopicName } from "../../schemas/index.ts";
import type { Backbone, SchemaRegistry } from "../../streams/index.ts";
import { applyRetention, openTools, publishBlueprint, withdrawBlueprint, type Tools } from "../../loop/index.ts";
import { decision, HOUR, PARCELS, parcels } from "../operators/parcels.ts";
import { eventually } from "../eventually.ts";

const DAY = 24 * HOUR;
const ROWS = rowsTopicName(parcels.useCase);

/** What `applyRetention` promises on any backbone, each test on topics of its own. */
export function retentionSuite(
  open: () => Promise<{ backbone: Backbone; registry: SchemaRegistry; prefix: string }>,
): void {
  const withTools = async (work: (tools: Tools, backbone: Backbone) => Promise<void>): Promise<void> => {
    const { backbone, registry, prefix } = await open();
    const tools = await openTools({ backbone, registry, subjectPrefix: prefix, partitions: 2, codeVersion: "test" });
    await work(tools, backbone).finally(() => tools.close());
  };
  const record = (tools: Tools, id: string, time: number): Promise<void> =>
    tools.publisher.publish([{ topic: decisions, key: id, value: decision(id, time), time }]);
  const kept = async (backbone: Backbone, ...topics: readonly string[]): Promise<(number | null)[]> =>
    (await backbone.retention(topics)).map(({ retentionMs }) => retentionMs);

  test("a blueprint that is published gives its topics the retention it asks for, the shared ones the longest of all", () =>
    withTools(async (tools, backbone) => {
      const now = Date.now();
      await record(tools, "d", now);
      await tools.publisher.publish([
        {
          topic: observations,
          key: "d",
          value: { decisionId: "d", useCase: "", observationId: "", values: {} },
          time: now,
        },
      ]);
      await publishBlueprint(tools, `${PARCELS}retention: { rows: 90d, decisions: 30d }\n`);
      await eventually(async () =>
        expect(await kept(backbone, decisions.name, observations.name)).toEqual([30 * DAY, 30 * DAY]),
      );
      const other = PARCELS.replace("useCase: parcels", "useCase: letters");
      const { version } = await publishBlueprint(tools, `${other}retention: { decisions: 60d }\n`);
      await eventually(async () => expect(await kept(backbone, decisions.name)).toEqual([60 * DAY]));
      await withdrawBlueprint(tools, "letters", version, now);
      await applyRetention(tools, now + 1_000);
      await eventually(async () => expect(await kept(backbone, decisions.name)).toEqual([30 * DAY]));
      await publishBlueprint(tools, PARCELS.replace("useCase: parcels", "useCase: cards"));
      await eventually(async () => expect(await kept(backbone, decisions.name, events.name)).toEqual([null, null]));
    }));

  test("nothing is kept shorter while a blueprint can't be read, and longer where another asks for more", () =>
    withTools(async (tools, backbone) => {
      await record(tools, "d", Date.now());
      const { version } = await publishBlueprint(tools, `${PARCELS}retention: { decisions: 60d }\n`);
      await eventually(async () => expect(await kept(backbone, decisions.name)).toEqual([60 * DAY]));
      const text = `${PARCELS}retention: { decisions: 60d }\nexploration: { epsilon: 10% }\n`;
      const value = {
        useCase: parcels.useCase,
        version,
        text,
        activations: [{ time: 0, live: true }],
        shadowings: [],
        parameters: [],
        modes: [],
      };
      await tools.publisher.publish([{ topic: blueprints, key: `parcels/${version}`, value, time: 0 }]);
      const other = PARCELS.replace("useCase: parcels", "useCase: letters");
      await publishBlueprint(tools, `${other}retention: { decisions: 30d }\n`);
      await applyRetention(tools);
      expect(await kept(backbone, decisions.name)).toEqual([60 * DAY]);
      await publishBlueprint(tools, `${other}retention: { decisions: 90d }\n`);
      await eventually(async () => expect(await kept(backbone, decisions.name)).toEqual([90 * DAY]));
    }));

  test("a topic of history keeps the span that is asked for, measured from its newest record", () =>
    withTools(async (tools, backbone) => {
      const history = Date.UTC(2013, 0, 1);
      await publishBlueprint(tools, `${PARCELS}retention: { decisions: 30d }\n`);
      await record(tools, "old", history);
      await record(tools, "older", history - 10 * DAY);
      const applied = (await applyRetention(tools)).find(({ topic }) => topic === decisions.name);
      // A broker measures against its clock: there the topic keeps all until it comes to the present.
      const onKafka = backbone.kind === "kafka";
      expect(applied).toEqual({ topic: decisions.name, retentionMs: onKafka ? null : 30 * DAY, askedMs: 30 * DAY });
      await record(tools, "new", Date.now());
      await applyRetention(tools);
      await eventually(async () => expect(await kept(backbone, decisions.name)).toEqual([30 * DAY]));
    }));

  test("the rows of a use case are kept as long as it says", () =>
    withTools(async (tools, backbone) => {
      await backbone.ensureTopics([{ name: ROWS, partitions: 2, cleanup: "delete" }]);
      const producer = await backbone.producer();
      const [key, value] = [Buffer.from("d"), Buffer.from("row")];
      await producer.send([{ topic: ROWS, partition: 0, timestamp: Date.now(), key, value }]);
      await publishBlueprint(tools, `${PARCELS}retention: { rows: 90d }\n`);
      await eventually(async () => expect(await kept(backbone, ROWS, decisions.name)).toEqual([90 * DAY, null]));
      await producer.close();
    }));
}
