import { learnerKinds, type LearnerKind } from "../../blueprints/index.ts";
import { bestConstant, bestConstants } from "../loss.ts";
import { onnxFromTrees } from "../onnx/index.ts";
import type { Learner } from "./learner.ts";
import { taskOf } from "./only-label.ts";

/** The mean of the label, of a binary one its rate, or its quantile, of classes their shares: what any other learner has to beat. */
export const constant: Learner<"constant"> = {
  kind: learnerKinds.get("constant") as LearnerKind<"constant">,
  space: { first: [{}] },
  fit({ columns, labels, weights, metadata }) {
    const task = taskOf("constant", labels);
    const rates = bestConstants(
      "binary",
      labels.map(({ values }) => values),
      weights,
    );
    const ofClasses = {
      ...{ objective: "multi:softprob", columns, baseScore: 0 },
      // A class that nobody had is no reason to be sure that nobody will.
      classMargins: rates.map((rate) => Math.log(Math.max(rate, 1e-6))),
      trees: task.outputs.map(() => nothing),
    };
    const model = {
      objective: task.objective === "binary" ? "binary:logistic" : "reg:squarederror",
      columns,
      baseScore: bestConstant(task.objective, task.values, weights),
      trees: [nothing],
    };
    return Promise.resolve({
      onnx: onnxFromTrees(task.objective === "multiclass" ? ofClasses : model, metadata, task.outputs),
      importance: new Array<number>(columns).fill(0),
    });
  },
};

/** A tree that adds 0: ONNX Runtime takes no ensemble without one. */
const nothing = { left: [-1], right: [-1], column: [0], condition: [0], missingLeft: [true], gain: [0] };
