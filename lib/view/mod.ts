/**
 * What people see: pictures, tables, progress and pages. Records in, HTML, SVG and PNG out.
 *
 * **Pictures.** {@linkcode pairsPlot}, {@linkcode classDistributions}, {@linkcode confusionPicture},
 * {@linkcode calibrationPicture}, {@linkcode importancePicture}, {@linkcode stepsPicture} and
 * {@linkcode architecturePicture} each take a plain record; {@linkcode chart} takes any marks of Observable Plot. All give a {@linkcode Picture}: as a cell's
 * last expression Jupyter shows it, `picture.svg` is a document of its own, `await picture.png()` is
 * for viewers that show no SVG. A title says what to see; colour is never the only sign of a class.
 * Pictures are light, and dark where the viewer's system is dark; a PNG is light unless asked.
 *
 * Of trainings: {@linkcode sweepPicture}, {@linkcode learningCurvePicture}, {@linkcode estimatesPicture}.
 * Monitoring has {@linkcode performancePicture}, {@linkcode driftHeatmap}, {@linkcode latencyPicture} and
 * {@linkcode timelinePicture}.
 * Of runs: {@linkcode runMetricPicture}.
 * Of experiments: {@linkcode eprocessPicture}, {@linkcode peekingPicture}, {@linkcode confidencePicture},
 * {@linkcode rolloutPicture}; they take the records of the room experiment as they are.
 *
 * **Tables and progress.** {@linkcode table} and {@linkcode progress}, in a notebook and in a terminal.
 *
 * **Pages.** {@linkcode notebookPage} turns an executed notebook into one HTML file,
 * {@linkcode indexPage} makes the page that leads to them, {@linkcode reportPage} one of sections: a
 * dashboard, a report.
 *
 * Touches no file and no network: the caller writes. The DOM that Plot needs stays inside. The same
 * input gives the same bytes, on every machine: text is drawn with a font from npm.
 *
 * Importing runs none of the npm packages. Plot, linkedom, marked and highlight.js are `import defer`:
 * they start at their first use, while drawing stays synchronous and a cell needs no `await`. What is
 * left at import is reading their files, about 70 ms. The renderer for PNG, a native add-on, is loaded
 * with the first PNG.
 *
 * Permissions: none, but `png()` and showing a picture in Jupyter, which need read, sys and ffi.
 *
 * @module
 */

export type { Feature, Samples } from "lib/core/mod.ts"; // they stand in signatures here
export * from "./architecture_picture.ts";
export * from "./calibration_picture.ts";
export { formatSeconds } from "./cell_html.ts";
export * from "./chart.ts";
export * from "./class_distributions.ts";
export * from "./confidence_picture.ts";
export * from "./confusion_picture.ts";
export * from "./display.ts";
export * from "./drift_heatmap.ts";
export * from "./eprocess_picture.ts";
export * from "./estimates_picture.ts";
export * from "./image_html.ts";
export * from "./importance_picture.ts";
export * from "./index_page.ts";
export * from "./latency_picture.ts";
export * from "./learning_curve_picture.ts";
export * from "./lineage_picture.ts";
export * from "./markup.ts";
export type * from "./notebook_format.ts";
export * from "./page.ts";
export * from "./pairs_plot.ts";
export * from "./peeking_picture.ts";
export * from "./performance_picture.ts";
export type { Picture, PngOptions } from "./picture.ts";
export * from "./progress.ts";
export * from "./progress_state.ts";
export * from "./report_page.ts";
export * from "./rollout_picture.ts";
export * from "./run_metric_picture.ts";
export * from "./steps_picture.ts";
export * from "./sweep_picture.ts";
export * from "./table.ts";
export * from "./theme.ts";
export * from "./timeline_picture.ts";
export * from "./words.ts";
