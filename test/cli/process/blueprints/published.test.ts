import { join } from "node:path";
import { expect, test } from "vitest";
import { textOfVersionOrFile } from "../../../../cli/process/blueprints/published.ts";
import { PARCELS, parcels, published } from "../../../operators/parcels.ts";
import { fileOf, testFolder } from "../../files/folder.ts";

const folder = testFolder();
const { key, value } = published();
const versions = Object.assign(new Map([[key, value]]), { unreadable: new Map<string, string>(), version: 1 });
const textOf = (given: string, useCase = "parcels"): string => textOfVersionOrFile(versions, useCase, given);

test("a version, or a file with a blueprint of the use case, is the text of it", () => {
  expect(textOf(parcels.version)).toBe(PARCELS);
  expect(textOf(fileOf(folder, "other.yaml", `${PARCELS}# other\n`))).toBe(`${PARCELS}# other\n`);
});

test("the path of a file that is not there is told as such, and a version that is not there with the nearest one", () => {
  for (const path of [join(folder, "nofile.yaml"), "nofile.yaml", "./nofile", "policies\\nofile"])
    expect(() => textOf(path)).toThrow(
      expect.objectContaining({
        code: "BAD_FILE",
        message: `${path} is not there, neither as a file nor as a version of use case "parcels": mend the path`,
      }),
    );
  const near = `${parcels.version.slice(0, -1)}x`;
  expect(() => textOf(near)).toThrow(
    expect.objectContaining({
      code: "UNKNOWN_VERSION",
      message: `use case "parcels" has no blueprint version ${near}: did you mean ${parcels.version}?`,
    }),
  );
  expect(() => textOf(fileOf(folder, "parcels.yaml", PARCELS), "letters")).toThrow(
    'is a blueprint of use case "parcels", not of "letters"',
  );
});
