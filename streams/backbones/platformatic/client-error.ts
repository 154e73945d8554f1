import { GenericError, NetworkError, ProtocolError as AnswerError, type MultipleErrors } from "@platformatic/kafka";
import { ConnectionLost, ProtocolError } from "../kafka/cluster/kafka-errors.ts";
import { brokenPromise } from "../../errors.ts";

export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Turns an error of the library into one that the backbone knows: the broker's answer by its name, or a lost
 * connection.
 */
export function clientError(error: unknown, { host, port }: Address): Error {
  const where = `${host}:${port}`;
  const [answer] = answersIn(error);
  if (answer !== undefined) {
    const { apiId, canRetry, serverErrorMessage } = answer as unknown as AnswerProperties;
    const detail = serverErrorMessage === null ? where : `${where}: ${serverErrorMessage}`;
    return new ProtocolError(apiId, canRetry, detail, error);
  }
  if (error instanceof Error && GenericError.isGenericError(error) && connectionCodes.has(error.code)) {
    return new ConnectionLost(`${where}: ${error.message}`, { cause: error });
  }
  return error instanceof Error ? error : brokenPromise(String(error));
}

/** The answer that came with an error: the rest of it may still be of use. A failed login's is none of the request. */
export function answerOf<Answer>(error: unknown): Answer | undefined {
  for (let link = error, depth = 0; link instanceof Error && depth < 8; link = link.cause, depth++) {
    if ("code" in link && link.code === NetworkError.code) return undefined;
    if ("response" in link) return link.response as Answer;
  }
  return undefined;
}

interface AnswerProperties {
  readonly apiId: string;
  readonly canRetry: boolean;
  readonly serverErrorMessage: string | null;
}

const connectionCodes = new Set(["PLT_KFK_NETWORK", "PLT_KFK_TIMEOUT", "PLT_KFK_UNEXPECTED_CORRELATION_ID"]);

/** Final ones first: another attempt at a thing that one partition refuses for good is in vain. */
function answersIn(error: unknown): readonly AnswerError[] {
  const errors = error instanceof AggregateError ? (error as MultipleErrors).errors : [error];
  const answers = errors.filter((each) => each instanceof AnswerError);
  return answers.sort((a, b) => Number(a.canRetry) - Number(b.canRetry));
}
