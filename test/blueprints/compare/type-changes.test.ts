import { expect, test } from "vitest";
import { ChangedTypes, parseBlueprint, typeChanges, type Blueprint } from "../../../blueprints/index.ts";

/** A version with these context entries as its features. */
function version(context: Readonly<Record<string, string>>, more = "observations: { amount: number }"): Blueprint {
  const entries = Object.entries(context).map(([name, type]) => `${name}: ${type}`);
  return parseBlueprint(`useCase: shop
decisionSpace: boolean
context: { ${entries.join(", ")} }
features: [${Object.keys(context).join(", ")}]
${more}
label: { name: sale, value: kind == "sale", wait: 1h, default: 0 }
policy: { decide: sale > 0.5 }
`);
}

test("a type that changes over a version without the feature is found, with every version that has the other one", () => {
  const first = version({ price: "number", zip: "number" });
  const second = version({ price: "number", zip: "number", age: "number" });
  const without = version({ price: "number" });
  const next = version({ price: "number", zip: "category" });
  expect(typeChanges(next, [first, second, without])).toEqual([
    { path: "features.zip", type: "category", before: "number", versions: [first.version, second.version] },
  ]);
  expect(typeChanges(next, [without])).toEqual([]);
});

test.each([
  ["number", "category"],
  ["category", "number"],
  ["category", "boolean"],
  ["boolean", "number"],
  ["number", "boolean"],
])("%s and then %s is a change", (before, type) => {
  const changes = typeChanges(version({ x: type }), [version({ x: before })]);
  expect(changes.map((change) => [change.path, change.before, change.type])).toEqual([["features.x", before, type]]);
});

test("a window is a number: under the name of a category it is a change, under that of a number none", () => {
  const windowed = parseBlueprint(`useCase: shop
decisionSpace: boolean
context: { user: key }
events: { visit: { fields: [] } }
features: [{ x: { count: true, of: visit, by: user, in: 1h } }]
observations: { amount: number }
label: { name: sale, value: amount > 5, wait: 1h, default: 0 }
policy: { decide: sale > 0.5 }
`);
  expect(typeChanges(windowed, [version({ x: "category" })])).toMatchObject([{ before: "category", type: "number" }]);
  expect(typeChanges(windowed, [version({ x: "number" })])).toEqual([]);
});

test("fields of observations keep their types too, since an observation may belong to decisions of any version", () => {
  const before = version({ price: "number" }, "observations: { amount: number, kind: category }");
  const next = version({ price: "number" }, "observations: { amount: category, kind: category }");
  expect(typeChanges(next, [before])).toEqual([
    { path: "observations.amount", type: "category", before: "number", versions: [before.version] },
  ]);
});

test("the refusal names what changed, the versions, both types and the way out", () => {
  const before = version({ price: "number", zip: "number" });
  const next = version({ price: "number", zip: "category" });
  expect(new ChangedTypes(next, typeChanges(next, [before])).message).toBe(
    `shop ${next.version} is not published: a name keeps its type in all versions of a use case, since their rows and ` +
      "observations lie on the same topics\n" +
      `  features.zip in line 4: category here, number in version ${before.version}; give it a new name, such as zip_category, ` +
      "or keep it a number",
  );
});
