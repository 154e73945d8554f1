import type { ModelRecorded, ModelReport, ModelSearch } from "../../schemas/index.ts";
import { figureText } from "../../trainer/index.ts";
import { shownTime } from "../text/output.ts";
import { newestState } from "../text/models/models-text.ts";
import type { Chapter, Story } from "./chapter.ts";
import { ofEpisodes } from "./of-episodes.ts";
import { contributions } from "./contributions.ts";
import { ladderChapter, type SeenOnLadder } from "./on-ladder.ts";

/** Of a model's metrics the one that it is fitted by. */
const LOSSES = ["logLoss", "mlogloss", "pinball", "mse"];
/** Groups, features and trials that are told of. */
const MOST = { features: 15, groups: 8, trials: 10 } as const;

/** A model in words, for people who know what it is for and not how it was made. @param onLadder absent: it is not on it */
export function storyOf(model: ModelRecorded, onLadder?: SeenOnLadder): Story {
  const { modelId, useCase, blueprintVersion, report } = model;
  return {
    title: `Model ${modelId} of ${useCase} ${blueprintVersion}: ${newestState(model)}`,
    chapters: [
      making(model),
      ...ladderChapter(onLadder),
      quality(model),
      ...(report === null
        ? []
        : [
            ...importance(model, report),
            ...contributions(model.metrics, report.contributions),
            ...drift(report),
            ...calibration(model, report),
            ...groups(report),
            ...keptUnits(report),
          ]),
      ...(report?.searches ?? []).map(search),
    ],
  };
}

function making({ provenance, states }: ModelRecorded): Chapter {
  const { holdout, seed, codeVersion, imported } = provenance;
  const moves = states.map(({ state, time, reason }) => `${shownTime(time)} ${state}: ${reason}`);
  const title = "How it was made";
  if (imported !== null) {
    const by = imported.producer === "" ? "" : ` by ${imported.producer}`;
    const until =
      imported.trainedUntil === null ? "" : `, by what was said on decisions until ${shownTime(imported.trainedUntil)}`;
    return {
      title,
      sentences: [`It was trained elsewhere${by}${until}, and was judged by ${holdout} decisions.`, ...moves],
    };
  }
  return {
    title,
    sentences: [
      ...learning(provenance),
      `loopstream ${codeVersion}, seed ${seed}: "loopstream models rebuild" makes the same file from the same rows.`,
      ...moves,
    ],
  };
}

function learning({ rows, holdout, trainedUntil, refitted }: ModelRecorded["provenance"]): readonly string[] {
  const until = shownTime(trainedUntil);
  if (holdout === 0) return [`It learnt from ${rows} decisions until ${until}.`];
  if (!refitted)
    return [
      `It learnt from ${rows} decisions until ${until}, and was judged by the ${holdout} that followed, which it had not seen.`,
    ];
  return [
    `It learnt from ${rows} decisions, and was judged by the ${holdout} that followed, which it had not seen.`,
    `Then it learnt from all ${rows + holdout}, until ${until}: that is the file that serves.`,
  ];
}

function quality({ metrics, report }: ModelRecorded): Chapter {
  const { auc, logLoss, mse, pinball, mae, mlogloss, accuracy } = metrics;
  const constant = report?.constant ?? {};
  const title = "How good it is";
  if ([logLoss, mse, pinball, mlogloss].every((loss) => loss === undefined))
    return {
      title,
      sentences: [metrics["loggedValue"] === undefined ? "Nothing was held out to judge it by." : ofEpisodes(metrics)],
    };
  const sentences: string[] = [];
  if (auc !== undefined) {
    sentences.push(
      `Of two decisions, one of which came out 1 and one 0, it gives the first the larger prediction ${percent(auc)} of the time (AUC ${auc.toFixed(4)}; by chance 50 %).`,
    );
  }
  if (logLoss !== undefined)
    sentences.push(`Its log loss is ${figureText(logLoss, 4)}${beside(logLoss, constant["logLoss"])}.`);
  else if (mse !== undefined) {
    const [root, other] = [Math.sqrt(mse), constant["mse"] === undefined ? undefined : Math.sqrt(constant["mse"])];
    sentences.push(`It is off by ${short(root)} (root of the mean square)${beside(root, other)}.`);
  }
  if (mlogloss !== undefined) {
    const said = `Its log loss over all classes is ${figureText(mlogloss, 4)}${beside(mlogloss, constant["mlogloss"], "share of each class")}.`;
    sentences.push(said, `The class that it holds for the likeliest comes ${percent(accuracy ?? 0)} of the time.`);
  }
  if (mae !== undefined)
    sentences.push(`On average it is off by ${short(mae)}${beside(mae, constant["mae"], "median")}.`);
  else if (pinball !== undefined)
    sentences.push(`Its pinball loss is ${short(pinball)}${beside(pinball, constant["pinball"], "quantile")}.`);
  const others = Object.entries(metrics).filter(([name]) => name.includes("."));
  if (others.length > 0) {
    sentences.push(`Other labels: ${others.map(([name, figure]) => `${name} ${figureText(figure, 4)}`).join(", ")}.`);
  }
  return { title, sentences };
}

function beside(own: number, constant: number | undefined, what = "mean"): string {
  if (constant === undefined) return "";
  const gain = 1 - own / constant;
  const said = `a prediction that is always the ${what} has ${short(constant)}`;
  return gain > 0 ? `: ${percent(gain)} less than without it (${said})` : `: no better than without it (${said})`;
}

function* importance({ metrics }: ModelRecorded, { importance: all, constant }: ModelReport): Generator<Chapter> {
  const used = all.filter(({ loss }) => loss > 0).slice(0, MOST.features);
  if (all.length === 0) return;
  const name = LOSSES.find((loss) => metrics[loss] !== undefined) ?? "mse";
  const gained = (constant[name] ?? 0) - (metrics[name] ?? 0);
  const part = (loss: number): string => {
    if (gained <= 0) return "";
    // Values of other decisions can mislead the model by more than it gains.
    if (loss > gained) return ", so it is then worse than a prediction that is always the same";
    return `, ${percent(loss / gained)} of what the model gains`;
  };
  const rest = all.length - used.length;
  yield {
    title: "What it looks at",
    sentences: [
      "Each feature in turn was given to it from another decision: so much worse are its predictions then.",
      ...(rest > 0 ? [`${rest} more features hardly matter, or only by chance.`] : []),
    ],
    bars: {
      rows: used.map(({ feature, loss }) => ({ name: feature, lengths: [loss], said: `${short(loss)}${part(loss)}` })),
    },
  };
}

function* drift({ drift: all, predictionDrift }: ModelReport): Generator<Chapter> {
  if (predictionDrift === null) return;
  yield {
    title: "How far the newest decisions lie from those before",
    sentences: [
      `By the population stability index, where 0.1 is some and 0.25 much: its predictions by ${short(predictionDrift)}, and ${all.length === 0 ? "no feature by 0.01." : "these features:"}`,
    ],
    bars: {
      rows: all
        .slice(0, MOST.features)
        .map(({ feature, index }) => ({ name: feature, lengths: [index], said: short(index) })),
    },
  };
}

function* calibration({ metrics }: ModelRecorded, { calibration: bins }: ModelReport): Generator<Chapter> {
  if (bins.length < 2) return;
  const isOfClasses = metrics["mlogloss"] !== undefined;
  const shown = metrics["logLoss"] === undefined && !isOfClasses ? short : percent;
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0);
  const off = bins.reduce((sum, bin) => sum + (bin.rows / rows) * Math.abs(bin.predicted - bin.observed), 0);
  const isPositive = bins.every(({ predicted, observed }) => predicted >= 0 && observed >= 0);
  yield {
    title: "Whether its predictions can be taken as they are",
    sentences: [
      isOfClasses
        ? `Decisions in ten parts by the probability of their likeliest class, beside how often that one came; on average the two are ${shown(off)} apart.`
        : `Decisions in ten parts by their predictions; on average the two are ${shown(off)} apart.`,
    ],
    ...(isPositive
      ? {
          bars: {
            legend: ["predicted", "happened"],
            rows: bins.map(({ rows: count, predicted, observed }) => ({
              name: `${count} decisions`,
              lengths: [predicted, observed],
              said: `${shown(predicted)} predicted, ${shown(observed)} happened`,
            })),
          },
        }
      : {
          table: {
            head: ["decisions", "predicted", "happened"],
            rows: bins.map((bin) => [bin.rows, short(bin.predicted), short(bin.observed)]),
          },
        }),
  };
}

function* groups({ groups: all }: ModelReport): Generator<Chapter> {
  if (all.length === 0) return;
  const worse = all.filter(({ loss, constant }) => loss >= constant);
  yield {
    title: "For whom it is worse",
    sentences: [
      worse.length === 0
        ? "In every group that was looked at it is better than the group's own mean. Those where it gains least:"
        : `In ${worse.length} of the groups below it is no better than to predict the group's own mean for each of its members.`,
    ],
    table: {
      head: ["group", "decisions", "loss", "of the group's mean", "gain", "predicted", "happened"],
      rows: all
        .slice(0, MOST.groups)
        .map(({ feature, value, rows, loss, constant, predicted, observed }) => [
          ...[`${feature}: ${value}`, rows, short(loss), short(constant)],
          ...[constant === 0 ? "" : percent(1 - loss / constant), short(predicted), short(observed)],
        ]),
    },
  };
}

function* keptUnits({ kept }: ModelReport): Generator<Chapter> {
  if (kept === null) return;
  const { rows, units, from, until, metrics, rival, rivalMetrics } = kept;
  const names = Object.keys(metrics).filter((name) => !name.includes("."));
  yield {
    title: "How good it is for units that no model learns from",
    sentences: [
      `The file that serves, on ${rows} decisions of ${units} units from ${shownTime(from)} to ${shownTime(until)}; none of them was learnt from by it or by the other one.`,
    ],
    table: {
      head: ["metric", "this model", rival ?? "a constant"],
      rows: names.map((name) => [name, short(metrics[name]!), name in rivalMetrics ? short(rivalMetrics[name]!) : ""]),
    },
  };
}

function search({ label, trials, chosen, loss, judgedBy }: ModelSearch): Chapter {
  const seconds = trials.reduce((sum, trial) => sum + trial.seconds, 0);
  const names = chosen.map((at) => `trial ${at} (${trials[at]?.learner ?? "unknown"})`).join(", ");
  const ordered = [...trials.entries()]
    .filter(([, trial]) => trial.loss !== null)
    .sort(([, a], [, b]) => a.loss! - b.loss!)
    .slice(0, MOST.trials);
  const given = trials.filter((trial) => trial.loss === null).length;
  return {
    title: `How it was found (${label})`,
    sentences: [
      `${trials.length} learners with their parameters were tried in ${seconds.toFixed(1)} s of processor time, judged by ${judgedBy} rows${given === 0 ? "" : `; ${given} were given up after a part of the rows`}.`,
      chosen.length === 1 ? `Chosen: ${names}.` : `Chosen: the mean of ${names}, with a loss of ${short(loss)}.`,
    ],
    table: {
      head: ["trial", "learner", "loss", "steps", "seconds", "without", "parameters"],
      rows: ordered.map(([at, trial]) => [
        ...[at, trial.learner, figureText(trial.loss!, 5), trial.steps ?? "", trial.seconds.toFixed(1)],
        ...[trial.dropped.length === 0 ? "" : `${trial.dropped.length} features`, parametersText(trial.parameters)],
      ]),
    },
  };
}

function parametersText(json: string): string {
  const entries = Object.entries(JSON.parse(json) as Readonly<Record<string, unknown>>);
  return entries
    .map(([name, value]) => `${name} ${typeof value === "number" ? short(value) : String(value)}`)
    .join(", ");
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
