import { expect, test } from "vitest";
import { validBlueprints } from "../../../catalogue/index.ts";
import type { BlueprintPublished } from "../../../schemas/index.ts";
import type { GlobalView } from "../../../streams/index.ts";

test("each version is looked at a few times, however many use cases there are", () => {
  let looks = 0;
  const records = Array.from({ length: 500 }, (_, index): BlueprintPublished => {
    const record = {
      useCase: `case-${index}`,
      version: "aaaaaaaaaaaa",
      text: "{}",
      activations: [],
      shadowings: [],
      parameters: [],
      modes: [],
    };
    return Object.defineProperty(record, "useCase", { get: () => (looks++, `case-${index}`) });
  });
  const table = new Map(records.map((record, index) => [`case-${index}`, record]));
  const view = Object.assign(table, { version: 1, unreadable: new Map<string, string>() });
  const valid = validBlueprints(view as unknown as GlobalView<BlueprintPublished>);
  expect(valid.useCases()).toHaveLength(500);
  expect(looks).toBeLessThan(10 * records.length);
});
