import { expect, onTestFinished, test, vi } from "vitest";
import { newestState } from "../../../cli/text/models/models-text.ts";
import { movedText, tellBehind, tellStanding } from "../../../cli/text/models/moved-text.ts";
import { modelOf } from "../../catalogue/models/model-of.ts";

const AFTER = Date.UTC(2026, 0, 5, 8);

test("a canary is told with its share, and one of a former release as a share of decisions", () => {
  expect(newestState(modelOf("m1", [["canary", 1, 0.05]]))).toBe("canary 5%");
  expect(newestState(modelOf("m1", [["canary", 1, 0.05, "decision"]]))).toBe("canary 5% of decisions");
  expect(newestState(modelOf("m1", [["withdrawn", 1]]))).toBe("withdrawn");
  expect(newestState(modelOf("m1", []))).toBe("none");
});

test("a move is told with the time after which it counts, and on stderr which decisions may not go by it", () => {
  const said: string[] = [];
  const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
  onTestFinished(() => write.mockRestore());
  const model = modelOf("m1", [["withdrawn", AFTER]]);
  expect(movedText({ model, after: AFTER, lateMs: 0, behind: [] })).toBe(
    "m1 is withdrawn for decisions after 2026-01-05T08:00:00.000Z",
  );
  tellBehind({ model, after: AFTER, lateMs: 0, behind: [] });
  expect(said).toEqual([]);
  tellBehind({ model, after: AFTER, lateMs: 230, behind: ["one"] });
  expect(said.join("")).toContain(
    "written 230 ms after 2026-01-05T08:00:00.000Z: decisions in between may not go by it",
  );
  expect(said.join("")).toContain("instance one has not read the move within 5 s");
});

test("a move that no decision goes by, and a live version without a model, are told on stderr", () => {
  const said: string[] = [];
  const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => said.push(String(text)) > 0);
  onTestFinished(() => write.mockRestore());
  const promoted = { model: modelOf("m1", [["production", AFTER]]) };
  const { useCase, blueprintVersion: version } = promoted.model;
  tellStanding(promoted, version, "m1");
  expect(said).toEqual([]);
  tellStanding(promoted, "other", "m1");
  tellStanding(promoted, undefined, "m1");
  expect(said.splice(0).map((text) => text.trim())).toEqual([
    `loopstream: no decision goes by m1: its version ${version} of ${useCase} is not live, other is`,
    `loopstream: no decision goes by m1: its version ${version} of ${useCase} is not live, and none is`,
  ]);
  const withdrawn = { model: modelOf("m1", [["withdrawn", AFTER]]) };
  tellStanding(withdrawn, "other", undefined);
  expect(said).toEqual([]);
  tellStanding(withdrawn, version, "m0");
  expect(said).toEqual([]);
  tellStanding(withdrawn, version, undefined);
  expect(said.map((text) => text.trim())).toEqual([
    `loopstream: no model of ${useCase} ${version}, the live version, is in production now: decisions that need one are null until one is`,
  ]);
});
