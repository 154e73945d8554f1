import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take the longest: begun last, one of them would run alone at the end. */
const LONG =
  /test\/(?:(?:torture|history|chaos)\/[^/]*\.test\.ts|(?:tables|windows)\/flights\.test\.ts|tutorial\/[^/]*\.test\.ts)$/;

/** The order of test files. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => Number(LONG.test(b.moduleId)) - Number(LONG.test(a.moduleId)));
  }
}
