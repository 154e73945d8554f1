import { expect, test } from "vitest";
import { ChangedTypes, compileBlueprint, type CompiledBlueprint } from "../../blueprints/index.ts";
import { validBlueprints, blueprintTable, readModels } from "../../catalogue/index.ts";
import { blueprints, type TrainingRow } from "../../schemas/index.ts";
import { readTable, type Backbone, type SchemaRegistry } from "../../streams/index.ts";
import { openTools, publishBlueprint, storeBlueprint, withdrawBlueprint, type Tools } from "../../loop/index.ts";
import { readRows, rowsTopic } from "../../rows/index.ts";
import { rebuildModel, trainModel } from "../../trainer/index.ts";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 0, 1);

/** A version of a shop with these context entries as its features. */
export const shop = (context: string, names: string): string => `useCase: shop
decisionSpace: boolean
context: { ${context} }
features: [${names}]
observations: { amount: number }
label: { name: sale, value: amount > 5, wait: 1h, default: 0 }
model: { rounds: 3, depth: 2 }
policy: { decide: sale > 0.5 }
training: { minRows: 10, schedule: none, freshRows: none }
`;
export const ZIP_NUMBER = shop("price: number, zip: number", "price, zip");
export const NO_ZIP = shop("price: number", "price");
export const ZIP_CATEGORY = shop("price: number, zip: category", "price, zip");

export function row(version: CompiledBlueprint, at: number, features: Readonly<Record<string, unknown>>): TrainingRow {
  const decisionTime = START + at * 60_000;
  return {
    decisionId: `d${at}`,
    unit: "u",
    blueprintVersion: version.blueprint.version,
    modelId: null,
    mode: "loggingOnly",
    reason: "noModel",
    decisionTime,
    rowTime: decisionTime + HOUR,
    maturity: "mature",
    value: null,
    propensity: null,
    label: at % 2,
    prediction_sale: null,
    labelTime: null,
    ...features,
  } as TrainingRow;
}

/** Three versions with their rows, published by a release that looked at the version before only. */
export async function publishedBefore(tools: Tools): Promise<readonly CompiledBlueprint[]> {
  const versions = [ZIP_NUMBER, NO_ZIP, ZIP_CATEGORY].map(compileBlueprint);
  const features = [{ zip: 94110 }, {}, { zip: "94110" }];
  for (const [index, version] of versions.entries()) {
    const { useCase, version: id } = version.blueprint;
    const text = [ZIP_NUMBER, NO_ZIP, ZIP_CATEGORY][index]!;
    const value = {
      useCase,
      version: id,
      text,
      activations: [{ time: index, live: true }],
      shadowings: [],
      parameters: [],
      modes: [],
    };
    await tools.publisher.publish([{ topic: blueprints, key: `${useCase}/${id}`, value, time: START }]);
    const topic = { ...rowsTopic(version), compatibility: "BACKWARD" } as const;
    for (let at = index * 100; at < index * 100 + 10 * (index + 1); at++) {
      const value = row(version, at, { price: at, ...features[index] });
      await tools.publisher.publish([{ topic, key: `d${at}`, value, time: value["rowTime"] as number }]);
    }
  }
  return versions;
}

/** What is promised of a use case's versions on any backbone, each test on topics of its own. */
export function severalVersionsSuite(
  open: () => Promise<{ backbone: Backbone; registry: SchemaRegistry; prefix: string }>,
): void {
  const withTools = async (work: (tools: Tools) => Promise<void>): Promise<void> => {
    const { backbone, registry, prefix } = await open();
    const tools = await openTools({ backbone, registry, subjectPrefix: prefix, partitions: 1, codeVersion: "test" });
    await work(tools).finally(() => tools.close());
  };

  test("a feature whose type changes over a version without it is refused, live or not, and the version is not there", () =>
    withTools(async (tools) => {
      const { version } = await publishBlueprint(tools, ZIP_NUMBER, 0);
      await publishBlueprint(tools, NO_ZIP, 1);
      for (const publish of [publishBlueprint, storeBlueprint]) {
        const refused = publish(tools, ZIP_CATEGORY);
        await expect(refused).rejects.toBeInstanceOf(ChangedTypes);
        await expect(refused).rejects.toThrow(`features.zip in line 4: category here, number in version ${version}`);
      }
      const table = await readTable(tools.backbone, tools.serdes, blueprintTable);
      expect([...table.values()]).toHaveLength(2);
      await publishBlueprint(tools, shop("price: number, zip_code: category", "price, zip_code"), 2);
    }));

  test("a version that was withdrawn, or was never live, keeps its types too; going back to one that is there is no change", () =>
    withTools(async (tools) => {
      const { version } = await storeBlueprint(tools, ZIP_NUMBER);
      const other = await publishBlueprint(tools, NO_ZIP, 1);
      await withdrawBlueprint(tools, "shop", other.version, 2);
      await expect(publishBlueprint(tools, ZIP_CATEGORY, 3)).rejects.toThrow(version);
      await expect(publishBlueprint(tools, ZIP_NUMBER, 4)).resolves.toMatchObject({ version, unchanged: false });
    }));

  test("rows and trainings go on past versions whose rows can't be read, and count what they leave out by version", () =>
    withTools(async (tools) => {
      const [numbers, none, categories] = await publishedBefore(tools);
      const told: unknown[] = [];
      tools.serdes.unreadable.listen((record) => told.push(record));
      const known = validBlueprints(await readTable(tools.backbone, tools.serdes, blueprintTable));
      const { rows, leftOut } = await readRows(tools.backbone, tools.serdes, categories!, known, Infinity);
      expect(rows.map(({ zip }) => zip)).toEqual(new Array<string>(30).fill("94110"));
      const expected = [
        {
          version: numbers!.blueprint.version,
          rows: 10,
          kind: "unreadable",
          reason: expect.stringContaining("features.zip: changed its type, category here, number there"),
        },
        {
          version: none!.blueprint.version,
          rows: 20,
          kind: "otherVersion",
          reason: expect.stringContaining("features.zip: not logged there"),
        },
      ];
      const sorted = <T extends { readonly rows: number }>(all: readonly T[]): T[] =>
        [...all].sort((a, b) => a.rows - b.rows);
      expect(sorted(leftOut)).toEqual(expected);
      const until = START + 1_000 * HOUR;
      const trained = await trainModel(tools, { useCase: "shop", until, holdout: 0 });
      expect(trained).toMatchObject({ kind: "trained", leftOut });
      const [model] = await readModels(tools);
      expect(sorted(model!.provenance.leftOut)).toEqual(expected);
      expect(model!.provenance.rows).toBe(30);
      expect(await rebuildModel(tools, model!)).toMatchObject({ equal: true, header: "equal" });
      expect(told).toEqual([]);
    }));

  test("the version in between trains on the rows of both others, whatever they hold beside its own", () =>
    withTools(async (tools) => {
      const [, none] = await publishedBefore(tools);
      const known = validBlueprints(await readTable(tools.backbone, tools.serdes, blueprintTable));
      const { rows, leftOut } = await readRows(tools.backbone, tools.serdes, none!, known, Infinity);
      expect([rows.length, leftOut]).toEqual([60, []]);
    }));
}
