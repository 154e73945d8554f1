import { expect, test } from "vitest";
import { fitModel } from "../../../trainer/index.ts";
import { fitRows } from "../../../trainer/fit/fit-rows.ts";
import { splitRows } from "../../../trainer/split-rows.ts";
import { compiled, START } from "../parcel-rows.ts";

test("an error of the learner says of which use case, version, rows and features it is", async () => {
  const fitted = fitRows(fitModel, { compiled, split: splitRows(compiled, [], 0), until: START });
  await expect(fitted).rejects.toThrow(
    `parcels ${compiled.blueprint.version} could not be trained on 0 rows of weight, carrier: there are no rows to train on`,
  );
});
