// Generated from ../avro/ by `npm run generate`: edit that.

export * from "./alert.ts";
export * from "./blueprint-published.ts";
export * from "./clock.ts";
export * from "./dead-letter.ts";
export * from "./decision-recorded.ts";
export * from "./decision-replied.ts";
export * from "./decision-requested.ts";
export * from "./enriched.ts";
export * from "./episodes/episode-row.ts";
export * from "./event-recorded.ts";
export * from "./hourly-stats.ts";
export * from "./imported-lines.ts";
export * from "./instance-reported.ts";
export * from "./joined.ts";
export * from "./model-artifact.ts";
export * from "./model-recorded.ts";
export * from "./models/model-report.ts";
export * from "./models/model-search.ts";
export * from "./models/provenance.ts";
export * from "./observation-misfits.ts";
export * from "./observation-recorded.ts";
export * from "./posteriors/posterior-published.ts";
export * from "./posteriors/posterior-update.ts";
export * from "./scored.ts";
export * from "./table-row.ts";
