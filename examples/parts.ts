/** A label's aggregate of a product's own: `node --import ./parts.ts …` makes it known to the command line. */
import { registerLabelAggregate } from "loopstream/blueprints";

registerLabelAggregate({
  name: "second",
  binary: "ofBinary",
  time: "last",
  start: () => ({ value: (all) => all[1] ?? all[0]! }),
});
