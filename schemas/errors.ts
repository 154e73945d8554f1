import { CodedError, ending, fatal, lasting, passing, type ErrorTable } from "../streams/client/index.ts";

/** The codes of decisions, blueprints, models, files and commands. Those of the runtime are in the room `streams`. */
export const domainErrors = {
  UNKNOWN_USE_CASE: lasting(
    "No version of the use case was live at the time of the request.",
    "Check the name, which the message may guess, or publish a blueprint for it.",
  ),
  UNKNOWN_VERSION: lasting(
    "The version of the blueprint is not on the topic of blueprints.",
    "`loopstream blueprint list` shows the versions there are. Publish it again if it was deleted.",
  ),
  UNKNOWN_DECISION: lasting(
    "The topic of decisions has no decision with this id.",
    "Check the id, `--use-case` and `--at`; decisions are kept as long as `retention` says.",
  ),
  DECISION_FAILED: lasting(
    "The loop answered a request without a decision: the policy had no value, or the request was refused.",
    "Read the message, and look for the request among the dead letters.",
  ),
  DECISION_ID_REUSED: lasting(
    "A decision id came a second time, with another request.",
    "Give each decision an id of its own. The first decision stands.",
  ),
  BAD_ACTION: lasting(
    "The action or the propensity that a request brings does not fit the blueprint.",
    "Send an action of the decision space, and a propensity above 0 and at most 1.",
  ),
  BAD_ANSWER: lasting(
    "A request brings a decision that is not of this request, or was drawn by another salt.",
    "Let `createLocalClient` or a bundle make it, with the loop's salt.",
  ),
  NOT_LOCAL: lasting(
    "A version can't be decided in the product's process or on a page: it has windows of events or a posterior, or for a page tables, which live with the loop.",
    "Ask the loop for its decisions: `createClient` or `openLoopstream`.",
  ),
  WARMING: ending("The windows of a version are not filled yet.", "Nothing: the decision waits for them."),
  TOO_LATE: lasting(
    "An observation came after its decision was closed, or no decision came for it.",
    "Send it sooner, or give the label a longer `wait`; check the decision id.",
  ),
  TOO_MANY: lasting(
    "A decision has more observations than are kept.",
    "Send fewer: one observation may hold several values.",
  ),
  UNKNOWN_OPTION: lasting(
    "An observation names an option that its decision did not show.",
    "Check `optionId`; leave it empty for an observation that counts for all options that were shown.",
  ),
  BAD_ROW: lasting(
    "A row does not fit its reference table, or its record does not have the key of its version.",
    "Mend the row as the message says, and put it again.",
  ),
  POSTERIOR_FULL: lasting(
    "A posterior has weights of as many options as it may have.",
    "Publish a version whose posterior is `by: all`, with features of the options.",
  ),
  TABLE_FULL: lasting(
    "A reference table holds as many versions of rows as its `maxRows` allows.",
    "Publish a version with a larger `maxRows`, then put the rows again; or take old versions back.",
  ),
  UNDECLARED: lasting(
    "A name is none of the blueprint's.",
    "Mend the name, which the message may guess, or declare it in the blueprint.",
  ),
  BAD_BLUEPRINT: lasting("The blueprint's text has problems.", "Mend each line that the message names."),
  BAD_FORMULA: lasting(
    "A formula can't be read, or its types do not fit.",
    "Mend it at the column that the message names.",
  ),
  BAD_PART: lasting(
    "A part that a product adds to the blueprint's language has a name that is taken, or none that is one.",
    "Mend the part before it is registered, and register it before a blueprint uses it.",
  ),
  CHANGED_TYPES: lasting(
    "A version gives a name another type than an earlier version did.",
    "Give the name that changed a new name.",
  ),
  ILLEGAL_MOVE: lasting(
    "A version or a model can't go from its state to the one that is asked.",
    "Take one of the ways that the message names.",
  ),
  DAMAGED_WINDOW: lasting(
    "The stored events of a window are not of the form that the blueprint needs.",
    "Stop the process, delete its `state` folder and start it: the state is made again from the topics.",
  ),
  UNKNOWN_MODEL: lasting("There is no model with this id.", "`loopstream models` lists them."),
  PACKAGE_MISSING: lasting(
    "A model needs an optional package that is not installed.",
    "Install the package that the message names, and start the loop again.",
  ),
  BAD_MODEL: lasting(
    "The file of a model is damaged, incomplete, or no model for the blueprint.",
    "Withdraw the model, and train or publish another one.",
  ),
  UNFIT_MODEL: lasting(
    "The file of a model that was trained elsewhere does not fit the blueprint, or can't serve.",
    "Mend the file, or what it was exported with, as the message says; docs/custom-models.md has the contract.",
  ),
  MODEL_FAILED: lasting(
    "A model that is at work can't predict. Its decisions have the reason `error` and no value.",
    "Withdraw it: `loopstream models withdraw`.",
  ),
  NO_MODEL: lasting(
    "A version has no model that would have decided, and none could be made of the decisions before.",
    "Do as the message says: mostly begin later, so that more decisions lie before.",
  ),
  EPISODE_OVER: lasting(
    "A row came so late that its episode was over and forgotten: the steps that are there stay as they are.",
    "`loopstream episodes --rows` makes whole episodes of all rows; a longer `join.ttl` waits longer.",
  ),
  NO_EPISODES: lasting(
    "A version of a use case has no episodes.",
    "Add a section `episodes` to the blueprint and publish it, or name another version.",
  ),
  NO_ROWS: lasting("There are no rows to train or to score on.", "Widen the range of times, or wait for more rows."),
  BAD_PARAMETER: lasting(
    "A parameter of a learner is out of its bounds.",
    "Set it within the bounds that the message names.",
  ),
  BAD_TRAINING_DATA: lasting(
    "The rows that a learner gets do not fit each other, or their labels do not fit the objective.",
    "Change the objective or the label.",
  ),
  TRAINING_FAILED: lasting(
    "A learner ended without a model.",
    "Read the message: it names the use case, the rows and the learner's own words.",
  ),
  NOT_REBUILDABLE: lasting(
    "A model can't be made again: its rows or its blueprint are no longer on the topics.",
    "Keep topics for longer (`retention`); use the stored file of the model.",
  ),
  REPLAY_REFUSED: lasting(
    "The decisions can't be made again as asked.",
    "Do as the message says; docs/replay.md tells what a replay needs.",
  ),
  BAD_LINE: lasting(
    "A line of a file can't be used.",
    "Mend the column that the message names, and import the file again: the other lines are known.",
  ),
  BAD_HISTORY: lasting(
    "History can't be imported as it is, or as the flags say.",
    "Mend the file or the flag that the message names.",
  ),
  BAD_FILE: lasting("A file can't be read or written as a table.", "Mend the file that the message names."),
  NO_ROOM: lasting(
    "There is no room on the disk for a file, or for rows and lines that are sorted.",
    "Free some space, or name another disk: by the file's path, and by `TMPDIR` for what is sorted.",
  ),
  BAD_REQUEST: lasting(
    "The path, the headers or the body of an HTTP request can't be read, or do not fit the OpenAPI document.",
    "Mend the field that the message names; `GET /openapi.json` has every field.",
  ),
  REQUEST_TOO_LARGE: lasting(
    "An HTTP request is past a limit of docs/limits.md.",
    "Send a smaller one, or the items of a bulk in several requests.",
  ),
  REQUEST_TOO_SLOW: lasting(
    "An HTTP request did not arrive in time.",
    "Send headers and body at once; docs/limits.md has the times.",
  ),
  UNSUPPORTED_TYPE: lasting(
    "The body of an HTTP request is of another type than JSON in UTF-8.",
    "Send `content-type: application/json`, without a compression.",
  ),
  UNKNOWN_PATH: lasting("There is no such path, or not with this method.", "`GET /openapi.json` lists them."),
  NO_TOKEN: lasting(
    "An HTTP request has no token, or one that is not known.",
    "Send `authorization: Bearer TOKEN` with a token of the loop's.",
  ),
  NOT_ALLOWED: lasting("The role of the token may not do this.", "Use a token of a role that the message names."),
  TOO_BUSY: passing(
    "More HTTP requests are under way than are taken at the same time.",
    "Ask again after `retry-after`.",
  ),
  NOT_READY: passing(
    "The loop is starting or stopping in this process.",
    "Ask again after `retry-after`; `GET /readyz` tells what it waits for.",
  ),
  LOOP_UNAVAILABLE: passing(
    "No loop answers HTTP at the address, or the connection to it was lost.",
    "Look at the loop's log, start it again, and run the command again.",
  ),
  BAD_USAGE: lasting("A flag or an argument of a command is wrong.", "`--help` lists them."),
  BAD_SETTING: fatal("A setting is wrong.", "Mend the setting that the message names."),
} as const satisfies ErrorTable;

export type DomainErrorCode = keyof typeof domainErrors;

/** An error of a decision, a blueprint, a model, a file or a command. */
export class DomainError extends CodedError {
  override readonly name: string = "DomainError";
  declare readonly code: DomainErrorCode;

  constructor(code: DomainErrorCode, message: string, cause?: unknown) {
    super(code, domainErrors[code], message, cause);
  }
}
