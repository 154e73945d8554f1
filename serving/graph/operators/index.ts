import type { GraphOperator } from "../operator.ts";
import { binaryOperators } from "./binary.ts";
import { cast } from "./cast.ts";
import { clip } from "./clip.ts";
import { concat } from "./concat.ts";
import { constant } from "./constant.ts";
import { gather } from "./gather.ts";
import { gemm, matMul } from "./matrix.ts";
import { reduceOperators } from "./reduce.ts";
import { severalOperators } from "./several.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { split } from "./split.ts";
import { trees } from "./trees.ts";
import { unaryOperators } from "./unary.ts";
import { viewOperators } from "./views.ts";
import { where } from "./where.ts";

/** Every operator that is run here, by its name. */
export const graphOperators: ReadonlyMap<string, GraphOperator> = new Map(
  [
    ...unaryOperators,
    ...binaryOperators,
    ...severalOperators,
    ...reduceOperators,
    ...viewOperators,
    ...[cast, clip, concat, constant, gather, gemm, matMul, slice, softmax, split, trees, where],
  ].map((operator) => [operator.name, operator]),
);
