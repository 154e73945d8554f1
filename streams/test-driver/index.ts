export { createTestDriver, type TestDriver, type TestDriverOptions } from "./test-driver.ts";
export type { Read, TestInput, TestOutput, TestRecord } from "./test-topics.ts";
