import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

const parts = join(dir.path, "parts.ts");
const blueprint = join(dir.path, "shop.yaml");
writeFileSync(
  parts,
  `import { numberParameter, registerLabelAggregate } from ${JSON.stringify(join(root, "blueprints/index.ts"))};
import { registerLearner } from ${JSON.stringify(join(root, "trainer/index.ts"))};
registerLabelAggregate({ name: "second", binary: "ofBinary", time: "last", start: () => ({ value: (all) => all[1] ?? all[0]! }) });
registerLearner({
  kind: { name: "rates", objectives: ["binary"], parameters: { smooth: numberParameter({ min: 0, max: 9 }, 1) } },
  fit: () => Promise.reject(new Error("it only declares")),
});
`,
);
const shop = (more = ""): string => `useCase: shop
decisionSpace: boolean
context: { price: number }
features: [price]
label: { name: bought, value: kind == "bought", aggregate: second }
policy: { decide: bought > 0.5 }
${more}`;

const check = (...imports: readonly string[]): { readonly status: number | null; readonly text: string } => {
  const args = [...imports, join(root, "cli/main.ts"), "blueprint", "check", blueprint];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: dir.path, encoding: "utf8" });
  return { status, text: stdout + stderr };
};

test("the command line knows the parts of a file that is imported before it, and says where it lacks one", () => {
  writeFileSync(blueprint, shop("model: { learner: rates, smooth: 3 }\n"));
  expect(check("--import", parts)).toMatchObject({ status: 0 });
  const without = check();
  expect(without.status).not.toBe(0);
  expect(without.text).toContain("label.aggregate: expected earliest | latest");
  expect(without.text).toContain('model.learner: expected xgboost | linear | mlp | constant | auto, found "rates"');
});

test("the example of the page about parts declares one", () => {
  writeFileSync(blueprint, shop());
  expect(check("--import", join(root, "examples/parts.ts"))).toMatchObject({ status: 0 });
  expect(check().status).not.toBe(0);
});
