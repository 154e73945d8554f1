import { learnerKinds, type LearnerKind } from "../../blueprints/index.ts";
import { bestConstant } from "../loss.ts";
import { onnxFromTrees } from "../onnx/index.ts";
import type { Learner } from "./learner.ts";
import { onlyLabel } from "./only-label.ts";

/** The mean of the label, of a binary one its rate, or its quantile: what any other learner has to beat. */
export const constant: Learner<"constant"> = {
  kind: learnerKinds.get("constant") as LearnerKind<"constant">,
  space: { first: [{}] },
  fit({ columns, labels, weights, metadata }) {
    const label = onlyLabel("constant", labels);
    const model = {
      objective: label.objective === "binary" ? "binary:logistic" : "reg:squarederror",
      columns,
      baseScore: bestConstant(label.objective, label.values, weights),
      trees: [nothing],
    };
    return Promise.resolve({
      onnx: onnxFromTrees(model, metadata),
      importance: new Array<number>(columns).fill(0),
    });
  },
};

/** A tree that adds 0: ONNX Runtime takes no ensemble without one. */
const nothing = { left: [-1], right: [-1], column: [0], condition: [0], missingLeft: [true], gain: [0] };
