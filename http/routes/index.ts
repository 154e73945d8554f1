import type { AddRoutes } from "../door.ts";
import { decisionRoutes } from "./decisions.ts";
import { documentRoutes } from "./document.ts";
import { eventRoutes } from "./events.ts";
import { healthRoutes } from "./health.ts";
import { metricsRoutes } from "./metrics.ts";
import { observationRoutes } from "./observations.ts";
import { ofrepRoutes } from "./ofrep.ts";
import { personalizerRoutes } from "./personalizer.ts";
import { rowRoutes } from "./rows.ts";

/** In the order of the OpenAPI document. */
export const routes: readonly AddRoutes[] = [
  ...[decisionRoutes, observationRoutes, eventRoutes, rowRoutes],
  ...[ofrepRoutes, personalizerRoutes],
  ...[healthRoutes, metricsRoutes, documentRoutes],
];
