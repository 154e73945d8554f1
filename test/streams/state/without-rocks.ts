import { loadRocks } from "../../../streams/state/rocks-native.ts";

/** The optional package is missing here. On continuous integration nothing is skipped: there the tests fail without it. */
export const withoutRocks: boolean =
  process.env.CI !== "true" &&
  (await loadRocks().then(
    () => false,
    (error: Error) => {
      console.warn(`SKIPPED rocksdb: NOTHING WAS TESTED ON ROCKSDB. ${error.message}`);
      return true;
    },
  ));
