import { compileBlueprint, type CompiledBlueprint, type Payload } from "../blueprints/index.ts";
import { requestRecord, type DecisionRequest } from "../client/index.ts";
import { decideScored, enrichBy, predict, replyTo } from "../operators/index.ts";
import { DomainError, type DecisionReason, type DecisionRecorded, type DecisionRequested } from "../schemas/index.ts";
import { checkTime } from "../streams/client/index.ts";
import { bundleScorer } from "./bundle-scorer.ts";
import type { DecisionBundle } from "./decision-bundle.ts";
import type { RunModel } from "./run-session.ts";
import { checkPortable } from "./why-not-portable.ts";

type Value = boolean | number | string;
type Predictions = Readonly<Record<string, number>>;

/** A decision that was made on the page: that of the loop for the same request, version and model. */
export interface PageDecision {
  /** The id for observations of this decision. */
  readonly decisionId: string;
  /** Null: use the page's default; `reason` and `error` say why. */
  readonly value: Value | null;
  readonly reason: DecisionReason;
  /** Probability with which the value was chosen; null: there was no choice. */
  readonly propensity: number | null;
  /** By label; empty where they are the options'. */
  readonly predictions: Predictions;
  /** Of the options that were shown, in their order. */
  readonly options: readonly {
    readonly optionId: string;
    readonly predictions: Predictions;
    readonly score: number | null;
  }[];
  /** The ids of the options to show, where the use case ranks. */
  readonly ranking: readonly string[] | null;
  /** The settings of the chosen action; null: it has none. */
  readonly payload: Payload | null;
  readonly error: string | null;
  readonly blueprint: string;
  readonly modelId: string;
  /** Event time, ms. */
  readonly time: number;
  /** What the loop records: the body of `POST /v1/decisions`, and the request of `getDecision` of a client. */
  readonly report: PageReport;
}

/** A request with the decision that the page has made of it. */
export interface PageReport extends Omit<DecisionRequested, "logged" | "answered"> {
  readonly answered: DecisionRecorded;
}

/** A bundle that is ready to decide. */
export interface OpenBundle {
  readonly useCase: string;
  readonly blueprint: string;
  readonly modelId: string;
  /**
   * Rejects with `UNENCODABLE` for a request that has no record, with `BAD_TIME`, and with the error of the model's run.
   *
   * @param time of the decision, ms; absent: the page's clock
   */
  decide(request: DecisionRequest<object, object>, time?: number): Promise<PageDecision>;
}

/** A version without windows asks for none. */
const noWindows = Object.freeze({ get: () => undefined });

/**
 * Decides by a bundle as the loop does: features from the request, predictions by the page's runtime, policy and draws by the same functions.
 *
 * @throws DomainError `BAD_MODEL` for what is no bundle, or one of another release; `NOT_LOCAL` for a version that needs the loop; and as the
 * reading of a blueprint does
 */
export function openBundle(bundle: DecisionBundle, run: RunModel): OpenBundle {
  const compiled = compiledOf(bundle);
  const { useCase, modelId, salt, blueprintVersion } = bundle;
  const scorer = bundleScorer(bundle, run);
  const set = { params: bundle.parameters, mode: bundle.mode };
  return {
    useCase,
    blueprint: blueprintVersion,
    modelId,
    async decide(given, time = Date.now()) {
      const request = requestRecord(useCase, given, given.decisionId ?? crypto.randomUUID());
      checkTime(time, "time");
      const enriched = enrichBy(compiled, request, time, noWindows);
      const [predicted] = await predict([enriched], compiled, scorer);
      const decision = decideScored({ enriched, modelId, ...predicted! }, compiled, time, salt, set);
      const { logged: _, ...asked } = request;
      const { value, reason, propensity, ranking, payload, error } = replyTo(decision, compiled);
      return {
        ...{ decisionId: request.decisionId, value, reason, propensity, ranking, payload, error },
        predictions: decision.predictions,
        options: decision.options.map(({ optionId, predictions, score }) => ({ optionId, predictions, score })),
        ...{ blueprint: blueprintVersion, modelId, time },
        report: { ...asked, answered: decision },
      };
    },
  };
}

function compiledOf(bundle: DecisionBundle): CompiledBlueprint {
  const { format, blueprint: text, blueprintVersion } = bundle;
  if (format !== 1 || typeof text !== "string")
    throw new DomainError("BAD_MODEL", "this is no bundle of format 1: make one with loopstream models bundle");
  const compiled = compileBlueprint(text);
  const { version } = compiled.blueprint;
  if (version !== blueprintVersion) {
    throw new DomainError(
      "BAD_MODEL",
      `the bundle is of version ${blueprintVersion}, and its text has version ${version} here: use the release of loopstream that made it`,
    );
  }
  checkPortable(compiled);
  return compiled;
}
