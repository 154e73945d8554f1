import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take the longest, in that order: begun last, one of them would run alone at the end. */
const longest = [
  ...["labels/flights", "e2e/backtest", "e2e/history", "examples/open-bandit", "package/package", "windows/flights"],
  ...["e2e/demo", "loop/replay-properties", "examples/fatigue", "episodes/independent", "evaluate/open-bandit"],
  ...["history/history", "e2e/replay", "exploration/draws", "tables/flights", "trainer/onnx/in-python", "e2e/audit"],
  ...["e2e/replay-page", "tutorial/tutorial", "streams/global/recall", "torture/restarts", "examples/lecturers"],
  ...["trainer/episodes/train-episodes", "trainer/search/few-rows", "torture/torture", "trainer/search/search"],
  ...["chaos/chaos", "e2e/rankings", "dsjson/round-trip", "loop/embed/client-alone", "examples/examples"],
  ...[
    "derived/flights",
    "exploration/regret",
    "statistics/off-policy/world",
    "loop/ladder/episodes/fatigue",
    "statistics/paired/betting",
  ],
].map((name) => `/test/${name}.test.ts`);

const longestOnServers = [
  ...["history/history", "torture/torture", "e2e/secure-cluster", "loop/ladder/episodes/episodes", "examples/fatigue"],
  ...["e2e/demo", "streams/backbones/kafka/failures", "e2e/rankings", "e2e/promotion", "analysts/analysts"],
  ...["chaos/brokers", "package/package", "e2e/posterior", "loop/ladder/ladder", "chaos/chaos", "e2e/deferred"],
  ...["loop/history/import-ways", "warming/warming", "e2e/outages", "e2e/clocks", "e2e/withdrawn"],
].map((name) => `/test/${name}.kafka.test.ts`);

/** From 0; as many as there are of those for all other files. */
const place = ({ moduleId, project }: TestSpecification): number => {
  const files = project.name === "kafka" ? longestOnServers : longest;
  const at = files.findIndex((name) => moduleId.endsWith(name));
  return at < 0 ? files.length : at;
};

/** The order of test files. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => place(a) - place(b));
  }
}
