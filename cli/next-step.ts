import type { DomainErrorCode } from "../schemas/index.ts";
import type { CodedError, ErrorCode } from "../streams/index.ts";

/** Of errors that a running loop gets over by itself: a command has ended, and somebody must run it again. */
const forCommands: Partial<Readonly<Record<DomainErrorCode | ErrorCode, string>>> = {
  BACKBONE_UNAVAILABLE:
    "Look at the brokers and at `brokers` in the settings, or at the directory, and run the command again.",
  REGISTRY_UNAVAILABLE: "Look at the registry and at `registry` in the settings, and run the command again.",
  TOPIC_MOVED: "Run the command again: it then reads the topic as it is now.",
  TRANSACTION_HELD:
    "Run the command again in a minute. If it ends the same way, restart the broker that has the transaction.",
  FENCED: "Another process does this work now. Stop it, or leave the work to it.",
  STATE_UNAVAILABLE: "Look at the disk and its room, and run the command again.",
  STATE_CORRUPT: "Run the command again: the state is read again from its changelog.",
  WARMING: "Run the command again once the loop has filled the windows of the version; its log says when.",
};

/** What a person does about an error that ended a command. */
export const nextStep = ({ code, kind }: CodedError): string =>
  forCommands[code as DomainErrorCode | ErrorCode] ?? kind.mend;
