import { afterAll, beforeAll, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { openBundle, type OpenBundle, type PageReport } from "../../browser/index.ts";
import { deadLetters, decisions, defaultSalt } from "../../schemas/index.ts";
import { openShared, readTopic, Serdes, type Topic } from "../../streams/index.ts";
import { httpLoop, type HttpLoop } from "./http-loop.ts";

const TEXT = `
useCase: gifts
decisionSpace: boolean
context: { days: number, tags: list }
features: [days, { tag: { oneHot: tags, values: [new, old] } }]
observations: { clicked: boolean }
label: { name: click, value: clicked, aggregate: any, wait: 10m, default: 0 }
policy: { decide: click > 0.5 }
exploration: { epsilonGreedy: 0.2 }
training: { minRows: 1000 }
`;
const { blueprint } = compileBlueprint(TEXT);

let at: HttpLoop;
let page: OpenBundle;
beforeAll(async () => {
  at = await httpLoop({}, TEXT);
  const bundle = {
    ...({ format: 1, useCase: "gifts", blueprintVersion: blueprint.version, blueprint: TEXT } as const),
    ...{ modelId: "0123456789abcdef", modelSha256: "", features: ["days", "tag_new", "tag_old"], categories: {} },
    ...({ outputs: ["click"], parameters: {}, mode: "online", salt: defaultSalt } as const),
  };
  page = openBundle(bundle, (features, rows) =>
    Promise.resolve({ click: Array.from({ length: rows }, (_, row) => (features[3 * row]! > 3 ? 0.9 : 0.1)) }),
  );
});
afterAll(() => at?.[Symbol.asyncDispose]());

async function all<V>(topic: Topic<V>): Promise<readonly V[]> {
  const { backbone, registry, close } = await openShared(at.dir);
  const found: V[] = [];
  for await (const { value } of readTopic(backbone, new Serdes(registry), topic)) found.push(value);
  await close();
  return found;
}
const made = (decisionId: string, days = 7): ReturnType<OpenBundle["decide"]> =>
  page.decide({ decisionId, unit: "anna", context: { days, tags: ["new"] } });
const post = (report: object) => at.post("/v1/decisions", { timeoutMs: 20_000, ...report });

test("a decision that a page has made is recorded as it was made, once, and is the answer to all who ask for it", async () => {
  const decision = await made("a-1");
  const { value, propensity, reason, report } = decision;
  const first = await post(report);
  expect(first).toMatchObject({
    status: 200,
    body: { decisionId: "a-1", value, propensity, reason, modelId: "0123456789abcdef", error: null },
  });
  expect((await post(report)).body).toEqual(first.body);
  const asked = await at.loop.getDecision("gifts", { decisionId: "a-1", unit: "anna", context: {} });
  expect(asked).toMatchObject({ value, propensity, reason });
  const records = (await all(decisions)).filter(({ decisionId }) => decisionId === "a-1");
  expect(records).toEqual([report.answered]);
  expect(records[0]).toMatchObject({
    features: [7, 1, 0],
    predictions: { click: Math.fround(0.9) },
    decisionTime: decision.time,
  });
});

test("a product's client records it the same way", async () => {
  const { value, report } = await made("b-1", 1);
  expect(await at.loop.getDecision("gifts", report)).toMatchObject({ value, error: null });
  expect((await all(decisions)).find(({ decisionId }) => decisionId === "b-1")).toEqual(report.answered);
});

test("one that is not of its request is not recorded, and the reason is told", async () => {
  const { report } = await made("c-1");
  const forged = await post({ ...report, unit: "eva" });
  expect(forged).toMatchObject({ status: 200, body: { value: null, reason: "error" } });
  expect((forged.body as { error: string }).error).toContain(
    'came with an answer that is not recorded: its unit is "anna", and that of the request "eva"',
  );
  expect((await all(decisions)).filter(({ decisionId }) => decisionId === "c-1")).toEqual([]);
  expect(JSON.stringify(await all(deadLetters))).toContain("BAD_ANSWER");
});

test.each<readonly [string, (answered: PageReport["answered"]) => object, RegExp]>([
  ["has a field that no decision has", (answered) => ({ ...answered, colour: "red" }), /answered: .*colour/],
  ["lacks a field", ({ features: _, ...answered }) => answered, /features/],
  ["has a field of another type", (answered) => ({ ...answered, predictions: "high" }), /predictions/],
])("one that %s is refused before it is written", async (_, change, reason) => {
  const { report } = await made("d-1");
  const { status, body } = await post({ ...report, answered: change(report.answered) });
  expect([status, (body as { code: string }).code]).toEqual([400, expect.stringMatching(/BAD_REQUEST|UNENCODABLE/)]);
  expect((body as { detail: string }).detail).toMatch(reason);
});

test("one that is dated ahead is refused, and the field is told", async () => {
  const request = { decisionId: "e-1", unit: "anna", context: {} };
  const { report } = await page.decide(request, Date.now() + 86_400_000);
  expect(await post(report)).toMatchObject({ status: 400, body: { code: "AHEAD_OF_TIME" } });
});
