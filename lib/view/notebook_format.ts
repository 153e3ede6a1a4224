/** The part of the notebook format (nbformat 4) that a page is made from. */

/** Text as a notebook file keeps it: whole, or in lines that keep their line ends. */
export type MultilineText = string | readonly string[];

/** A notebook, executed or not. */
export interface NotebookDocument {
  /** Its cells in order. */
  readonly cells: readonly NotebookCell[];
}

/** One cell. */
export interface NotebookCell {
  /** `markdown`, `code` or `raw`. */
  readonly cell_type: string;
  /** What stands in it. */
  readonly source: MultilineText;
  /** What it has shown; code cells only. */
  readonly outputs?: readonly NotebookOutput[];
  /** Its number in the order of execution. */
  readonly execution_count?: number | null;
  /** `tags`, and `execution.seconds` where the runner has noted how long the cell took. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Pictures in a Markdown cell, by file name: an object of base64 by MIME type. */
  readonly attachments?: Readonly<Record<string, unknown>>;
}

/** One output of a code cell; which fields it has depends on `output_type`. */
export interface NotebookOutput {
  /** `stream`, `display_data`, `execute_result` or `error`. */
  readonly output_type: string;
  /** `stdout` or `stderr` of a stream. */
  readonly name?: string;
  /** Text of a stream. */
  readonly text?: MultilineText;
  /** Content by MIME type: text, or JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** What is said about the content, by MIME type. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Name of an error. */
  readonly ename?: string;
  /** Message of an error. */
  readonly evalue?: string;
  /** Lines of an error's stack. */
  readonly traceback?: readonly string[];
}

/** The text in one piece. */
export function wholeText(text: unknown): string {
  return Array.isArray(text) ? text.join("") : typeof text === "string" ? text : "";
}

/** Whether a cell carries a tag. */
export function hasTag({ metadata }: NotebookCell, tag: string): boolean {
  return Array.isArray(metadata?.tags) && metadata.tags.includes(tag);
}

/** How long a cell took, in seconds, where the runner has noted it. */
export function secondsOf({ metadata }: NotebookCell): number | undefined {
  const execution = metadata?.execution as { seconds?: unknown } | undefined;
  return typeof execution?.seconds === "number" ? execution.seconds : undefined;
}
