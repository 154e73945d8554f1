import type { ShadowedVersion } from "../../loop/index.ts";
import type { Distribution, LabelFigures, ShadowFigures } from "../../trainer/index.ts";
import { shownTime, table } from "./output.ts";

/** A version that went into shadow, and the next step. */
export const shadowedText = ({ useCase, version, from, unchanged, rowsTopic }: ShadowedVersion): string =>
  [
    `${useCase} ${version} is in shadow ${unchanged ? "already, " : ""}since ${shownTime(from)}`,
    "  loopstream shadows runs it, beside the loop",
    `  rows    ${rowsTopic}: train --rows takes them`,
  ].join("\n");

type Figures = ShadowFigures & { readonly useCase: string; readonly version: string };

/** The figures of a version in shadow beside the live ones. */
export function figuresText(figures: Figures): string {
  const { useCase, version, from, to, decisions, liveOnly, shadowOnly, flipped, flips, labels } = figures;
  const head = `${useCase} ${version} in shadow: ${n(decisions)} decisions that the live version made too`;
  if (from === null || to === null)
    return `${head}; ${n(liveOnly)} were made live alone, ${n(shadowOnly)} in shadow alone`;
  return [
    `${head}, ${shownTime(from)} to ${shownTime(to)}`,
    `only live      ${n(liveOnly)}`,
    `only shadow    ${n(shadowOnly)}`,
    `flipped        ${n(flipped)} (${((100 * flipped) / decisions).toFixed(2)} %)`,
    ...flips.map(
      ({ live, shadow, decisions: count }) => `  ${JSON.stringify(live)} → ${JSON.stringify(shadow)}  ${n(count)}`,
    ),
    ...Object.entries(labels).flatMap(([name, label]) => labelText(name, label)),
  ].join("\n");
}

function labelText(name: string, label: LabelFigures): readonly string[] {
  const { live, shadow, meanDifference, largestDifference, labelled, liveMetrics, shadowMetrics } = label;
  const names = Object.keys({ ...liveMetrics, ...shadowMetrics });
  const differences =
    meanDifference === null
      ? []
      : [`shadow − live: ${shown(meanDifference)} on average, ${shown(largestDifference!)} at most`];
  return [
    "",
    table(
      [name, "predictions", "mean", "sd", "p5", "p25", "p50", "p75", "p95"],
      [
        ["live", ...distributionText(live)],
        ["shadow", ...distributionText(shadow)],
      ],
    ),
    ...differences,
    labelled === 0
      ? "no decision with both predictions has its label yet"
      : table(
          [`${n(labelled)} labelled`, ...names],
          [
            ["live", ...names.map((metric) => shown(liveMetrics?.[metric]))],
            ["shadow", ...names.map((metric) => shown(shadowMetrics?.[metric]))],
          ],
        ),
  ];
}

const distributionText = (distribution: Distribution | null): readonly string[] =>
  distribution === null
    ? ["none", "", "", "", "", "", "", ""]
    : [
        n(distribution.count),
        ...[distribution.mean, distribution.standardDeviation, ...distribution.percentiles].map(shown),
      ];

const n = (value: number): string => value.toLocaleString("en");
const shown = (value: number | undefined): string => (value === undefined ? "" : value.toPrecision(4));
