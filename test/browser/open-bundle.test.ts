import { hash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as OnnxRuntime from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canonicalJson, compileBlueprint } from "../../blueprints/index.ts";
import type * as Browser from "../../browser/index.ts";
import {
  bundleOf,
  openBundle,
  runSession,
  whyNotPortable,
  type DecisionBundle,
  type OpenBundle,
} from "../../browser/index.ts";
import { readModels, validBlueprints } from "../../catalogue/index.ts";
import { createClient } from "../../client/index.ts";
import { moveByHand, publishBlueprint, startLoop, type Loop } from "../../loop/index.ts";
import { clock, decisions, type DecisionRecorded } from "../../schemas/index.ts";
import { readArtifact } from "../../serving/index.ts";
import * as standIn from "../../package/stand-ins/crypto.ts";
import { createEmbeddedBackbone, readTopic } from "../../streams/index.ts";
import { trainModel } from "../../trainer/index.ts";
import { eventually } from "../eventually.ts";
import { random } from "../blueprints/random.ts";
import { pageEntry } from "./page.ts";
import { notForPages, pageUseCases, requestsOf } from "./use-cases.ts";

const COUNT = 250;
const SALT = "salt of the test";
// As pages load it. It has the types of the other one.
const webRuntime = "onnxruntime-web";

let dir: string;
let close: () => Promise<void>;
const bundles = new Map<string, { readonly bundle: DecisionBundle; readonly onnx: Uint8Array }>();
const recorded = new Map<string, DecisionRecorded>();

const useCaseOf = (text: string): string => compileBlueprint(text).blueprint.useCase;

async function bundled(loop: Loop, useCase: string): Promise<void> {
  const tables = await loop.tables();
  const model = (await readModels(loop)).find((each) => each.useCase === useCase)!;
  const versions = validBlueprints(tables.blueprints);
  const version = model.blueprintVersion;
  const onnx = await readArtifact(loop.backbone, loop.serdes, model.artifact);
  const now = loop.application.now();
  const bundle = bundleOf({
    ...{ model, onnx, salt: SALT, compiled: versions.version(useCase, version)! },
    published: tables.blueprints.get(`${useCase}/${version}`)!,
    ...{ parameters: versions.params(useCase, version, now), mode: versions.mode(useCase, version, now) },
  });
  bundles.set(useCase, { bundle, onnx });
}

/** Decisions without a model, what came of them, a model of each use case, and decisions by it. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-page-"));
  const backbone = await createEmbeddedBackbone({ dir: join(dir, "log") });
  const shared = { backbone, registry: backbone.registry };
  const loop = await startLoop({
    ...{ ...shared, partitions: 2, salt: SALT, id: "page", stateDir: join(dir, "state"), subjectPrefix: "" },
    ...{ delivery: "exactlyOnce", commitIntervalMs: 0, maxTaskIdleMs: 0, codeVersion: "test" },
  });
  const client = createClient(shared);
  close = async () => {
    await client.close();
    await loop.close();
    await backbone.close();
    await rm(dir, { recursive: true });
  };
  const ask = async (name: string, seed: number, count: number): Promise<void> => {
    const one = pageUseCases.find(({ text }) => useCaseOf(text) === name)!;
    const next = random(seed + 1);
    for (const [n, asked] of requestsOf(one, count, seed).entries()) {
      const request = { ...asked, decisionId: `${name}-${seed}-${n}`, unit: `unit ${n}` };
      const { error } = await client.getDecision(name, request as never, { timeout: 60_000 });
      expect(error).toBeNull();
      if (seed !== 1) continue;
      const shown = asked.candidates === undefined ? {} : { optionId: asked.candidates[0]!.optionId };
      const values = one.observe(next);
      await client.logObservations(request.decisionId, values, { useCase: name, ...shown });
    }
  };
  const names = pageUseCases.map(({ text }) => useCaseOf(text));
  for (const { text } of pageUseCases) await publishBlueprint(loop, text);
  await loop.application.idle();
  for (const name of names) await ask(name, 1, 120);
  for (const useCase of names) {
    await eventually(
      async () => {
        const time = loop.application.now();
        await loop.publisher.publish([{ topic: clock, key: "clock", value: { time }, time, partition: 0 }]);
        await loop.application.idle();
        // Outcomes are a coin's: what the gate says of the model is not what is tested.
        expect(await trainModel(loop, { useCase, until: loop.application.now() })).toMatchObject({ kind: "trained" });
      },
      { timeout: 60_000, interval: 200 },
    );
    const { modelId } = (await readModels(loop)).find((each) => each.useCase === useCase)!;
    await moveByHand(loop, modelId, "production", "for the test").catch(() => undefined);
    await loop.application.idle();
    await bundled(loop, useCase);
  }
  for (const name of names) await ask(name, 2, COUNT);
  await loop.application.idle();
  for await (const { value } of readTopic(backbone, loop.serdes, decisions)) recorded.set(value.decisionId, value);
}, 600_000);
afterAll(() => close());

/** What follows from a model's predictions as numbers. */
const PREDICTED: ReadonlySet<string> = new Set([
  ...["predictions", "score", "scores", "distribution", "propensity", "beliefs"],
]);

/** Predictions are those of another runtime: they, and numbers made of them, are close. All else is the same. */
function split(decision: DecisionRecorded): { readonly numbers: readonly number[]; readonly rest: unknown } {
  const numbers: number[] = [];
  const all = JSON.parse(canonicalJson(decision)) as unknown;
  const text = JSON.stringify(all, (name, value: unknown) => {
    if (!PREDICTED.has(name) && (name !== "value" || typeof value !== "number")) return value;
    JSON.stringify(value, (_, each: unknown) => {
      if (typeof each === "number") numbers.push(each);
      return each;
    });
    return null;
  });
  return { numbers, rest: JSON.parse(text) as unknown };
}

async function opened(page: Pick<typeof Browser, "openBundle" | "runSession">, useCase: string): Promise<OpenBundle> {
  const { bundle, onnx } = bundles.get(useCase)!;
  const { InferenceSession, Tensor } = (await import(webRuntime)) as typeof OnnxRuntime;
  const session = await InferenceSession.create(onnx, { executionProviders: ["wasm"] });
  // The page's arrays are of a world of its own here.
  const run = runSession(session, Tensor);
  return page.openBundle(JSON.parse(JSON.stringify(bundle)) as DecisionBundle, (features, rows, columns) =>
    run(Float32Array.from(features), rows, columns),
  );
}

describe("a bundle in a page decides as the loop does", () => {
  test.each(pageUseCases.map((useCase) => [useCaseOf(useCase.text), useCase] as const))("%s", async (name, useCase) => {
    const page = await opened(await pageEntry(), name);
    const seen = new Set<unknown>();
    const reasons = new Set<string>();
    let farthest = 0;
    for (const [n, asked] of requestsOf(useCase, COUNT, 2).entries()) {
      const decisionId = `${name}-2-${n}`;
      const loops = recorded.get(decisionId)!;
      const made = await page.decide({ ...asked, decisionId, unit: `unit ${n}` } as never, loops.decisionTime);
      const own = split(made.report.answered);
      const theirs = split(loops);
      expect(own.rest).toEqual(theirs.rest);
      expect(own.numbers.length).toBe(theirs.numbers.length);
      for (const [at, number] of own.numbers.entries()) {
        const unit = Math.max(1, Math.abs(theirs.numbers[at]!));
        farthest = Math.max(farthest, Math.abs(number - theirs.numbers[at]!) / unit);
      }
      expect(made.reason).toBe(loops.reason);
      if (typeof loops.value !== "number") expect(made.value).toBe(loops.value);
      if (made.ranking !== null)
        expect([...made.ranking]).toEqual(
          loops.options.filter(({ position }) => position !== null).map(({ optionId }) => optionId),
        );
      seen.add(made.ranking?.join() ?? made.value);
      reasons.add(made.reason);
    }
    expect(farthest).toBeLessThan(1e-6);
    // Otherwise nothing was compared.
    expect(seen.size).toBeGreaterThan(1);
    if (compileBlueprint(useCase.text).explorer !== null) expect(reasons.has("explore")).toBe(true);
  });

  test("and is the same where a page's bundler takes the sources", async () => {
    const [name, useCase] = ["reminders", pageUseCases[0]!];
    const [packed, plain] = [await opened(await pageEntry(), name), await opened({ openBundle, runSession }, name)];
    for (const [n, asked] of requestsOf(useCase, 50, 3).entries()) {
      const request = { ...asked, decisionId: `p${n}`, unit: `unit ${n}` } as never;
      const [one, other] = [await packed.decide(request, 1e12), await plain.decide(request, 1e12)];
      expect(JSON.parse(JSON.stringify(one))).toEqual(JSON.parse(JSON.stringify(other)));
    }
  });
});

describe("a bundle", () => {
  test.each(Object.entries(notForPages))("of %s is refused, with the reason", async (_, [text, reason]) => {
    const compiled = compileBlueprint(text);
    expect(whyNotPortable(compiled)).toMatch(reason);
    const { bundle } = bundles.get("reminders")!;
    const { blueprint } = compiled;
    const given = { ...bundle, blueprint: text, blueprintVersion: blueprint.version };
    const never = (): Promise<never> => Promise.reject(new Error("no model is asked"));
    expect(() => openBundle(given, never)).toThrow(
      `version ${blueprint.version} of use case "${blueprint.useCase}" can't be decided on a page: `,
    );
    const { openBundle: onPage } = await pageEntry();
    expect(() => onPage(given, never)).toThrow(reason);
  });

  test("of another shape or another release's text is refused", () => {
    const { bundle } = bundles.get("waits")!;
    const open = (change: object) => () => openBundle({ ...bundle, ...change }, () => Promise.resolve({}));
    expect(open({ format: 2 })).toThrow("this is no bundle of format 1: make one with loopstream models bundle");
    expect(open({ blueprintVersion: "0123456789ab" })).toThrow(
      `the bundle is of version 0123456789ab, and its text has version ${bundle.blueprintVersion} here: use the release of loopstream that made it`,
    );
  });

  test("whose model gives too few numbers, or whose run fails, gives no decision", async () => {
    const { bundle } = bundles.get("waits")!;
    const request = { unit: "u", context: { queue: 3 } };
    const short = openBundle(bundle, () => Promise.resolve({ late: [0.5], minutes: [] }));
    await expect(short.decide(request)).rejects.toThrow("output minutes of the model has 0 values for 1 rows");
    const broken = openBundle(bundle, () => Promise.reject(new Error("no memory")));
    await expect(broken.decide(request)).rejects.toThrow("no memory");
    await expect(broken.decide({ unit: 3 as never, context: {} })).rejects.toThrow("unit is a number: send a string");
  });
});

describe("what a page lacks has a stand-in", () => {
  test("SHA-256 of texts and bytes of any length", () => {
    for (const length of [0, 1, 3, 54, 55, 56, 63, 64, 65, 119, 120, 1_000]) {
      const text = "žluťoučký 😀 kůň".repeat(80).slice(0, length);
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 7) % 256);
      expect(standIn.hash("sha256", text)).toBe(hash("sha256", text));
      expect(standIn.hash("sha256", bytes)).toBe(hash("sha256", bytes));
      expect(standIn.createHash("sha256").update(text).update("!").digest("hex")).toBe(hash("sha256", `${text}!`));
    }
    expect(() => standIn.hash("md5", "")).toThrow("a page has no md5");
  });
});
