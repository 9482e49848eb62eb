/** slimtrace as a library: the stories behind the commands, and the data they give. */
export type { Check } from './check/check.js';
export type { Verdict } from './check/compare-runs.js';
export type { CheckRequests } from './check/plan-checks.js';
export { traceOnly } from './collect-trace.js';
export { openDocker } from './engine/docker.js';
export { openEmbedded } from './engine/embedded/embedded.js';
export type { Engine, RunOptions } from './engine/engine.js';
export { openPodman } from './engine/podman.js';
export { SlimtraceError } from './errors.js';
export type { ProgressEvent } from './events.js';
export type { SlimContext } from './observe-image.js';
export { buildFullReport, type FullReport } from './report/full-report.js';
export { buildReport, type SlimReport } from './report/report.js';
export type { Reason, Selection } from './selection/reason.js';
export { type SlimOptions, type SlimResult, slimImage } from './slim-image.js';
export { startSession } from './system/session.js';
export type { Trace } from './trace/trace.js';
export { type VerifyResult, verifyImage } from './verify-image.js';
