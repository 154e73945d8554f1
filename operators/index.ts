export { decide } from "./decide/operator.ts";
export { decisionSeed } from "./decide/logic.ts";
export { enrich, enrichWithin } from "./enrich/operator.ts";
export { etl } from "./etl/operator.ts";
export { blueprintTable, eventWindows, modelTable, type Scope } from "./globals/index.ts";
export { infer, type Scorers } from "./infer/operator.ts";
export { join, joinDefaults, type JoinOptions } from "./join/operator.ts";
export { monitor, monitorOf } from "./monitor/operator.ts";
export { restate } from "./restate/operator.ts";
