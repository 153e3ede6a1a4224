/** The one style sheet of all pages: light and dark, wide and narrow, screen and paper. */

import { DARK, LIGHT } from "./theme.ts";

/** Colours of the page that are not in a picture. Text on its ground has at least 4.5 : 1. */
const LIGHT_MORE = {
  panel: "#f3f5f8",
  link: "#005a9e",
  keyword: "#7a1fa2",
  string: "#0b6b35",
  number: "#9a3c00",
  title: "#005a9e",
  comment: "#586270",
  warning: "#fff4e0",
  warningLine: "#b06a00",
  warningInk: "#7a4600",
  error: "#fdecec",
  errorLine: "#c62828",
  errorInk: "#a11b1b",
  good: "#0b6b35",
};

/** The same in the dark. */
const DARK_MORE: typeof LIGHT_MORE = {
  panel: "#1c2128",
  link: "#7ab8f5",
  keyword: "#d7a3f2",
  string: "#86d9a0",
  number: "#f2b27a",
  title: "#8cc4ff",
  comment: "#9aa4b1",
  warning: "#2f2410",
  warningLine: "#d99a2b",
  warningInk: "#f0c070",
  error: "#331a1b",
  errorLine: "#e05a5a",
  errorInk: "#ff9b9b",
  good: "#86d9a0",
};

/**
 * The style sheet.
 *
 * @returns CSS for a `<style>` element.
 */
export function pageStyle(): string {
  return `:root{color-scheme:light dark;${variables(LIGHT, LIGHT_MORE)}}
@media screen and (prefers-color-scheme:dark){:root{${variables(DARK, DARK_MORE)}}}
${RULES}`;
}

/** A theme as CSS variables. */
function variables(
  { paper, ink, muted, faint }: typeof LIGHT,
  more: typeof LIGHT_MORE,
): string {
  return Object.entries({ paper, ink, muted, faint, ...more })
    .map(([name, colour]) => `--${name}:${colour}`).join(";");
}

const RULES = `
*{box-sizing:border-box}
html{scroll-padding-top:1rem;text-size-adjust:100%;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1.0625rem/1.6 system-ui,"DejaVu Sans",Verdana,sans-serif}
a{color:var(--link)}
a:focus-visible,pre:focus-visible,.figure:focus-visible,summary:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.frame{display:grid;grid-template-columns:minmax(0,1fr);max-width:82rem;margin:0 auto;padding:0 1rem 4rem}
main{min-width:0;max-width:60rem;overflow-wrap:break-word}
h1,h2,h3,h4{line-height:1.25;margin:1.8em 0 .6em;text-wrap:balance}
h1{font-size:2rem}h2{font-size:1.5rem;border-bottom:1px solid var(--faint);padding-bottom:.2em}h3{font-size:1.2rem}
.meta{color:var(--muted);font-size:.9375rem;margin:1.2rem 0 0}
.meta+section>h1:first-child,.contents+section>h1:first-child,.meta+h1,main>h1:first-child{margin-top:.5em}
.side{display:none}
details.contents{margin:1rem 0;border:1px solid var(--faint);border-radius:6px;padding:.5rem .9rem}
.contents ul,.side ul{list-style:none;margin:.4rem 0;padding:0}
.contents li a,.side li a{display:block;padding:.2rem 0;text-decoration:none}
.contents li a:hover,.side li a:hover{text-decoration:underline}
.depth-2{padding-left:.9rem}.depth-3{padding-left:1.8rem}
summary{cursor:pointer}
pre{overflow-x:auto;margin:0;font:.875rem/1.5 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;tab-size:2}
code{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.9em}
pre code{font-size:inherit}
.prose :not(pre)>code{background:var(--panel);padding:.1em .3em;border-radius:4px}
.prose img{max-width:100%;height:auto}
.prose details{margin:1em 0;padding:.5rem .9rem;border:1px solid var(--faint);border-radius:6px}
blockquote{margin:1em 0;padding:.1em 1em;border-left:4px solid var(--faint);color:var(--muted)}
.cell{margin:1.2rem 0}
.about{display:flex;gap:1rem;justify-content:space-between;color:var(--muted);font:.8125rem/1.6 ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}
pre.code{background:var(--panel);padding:.75rem 1rem;border-radius:6px}
.prose pre.code{margin:1em 0}
.outputs{margin-top:.7rem;display:grid;grid-template-columns:minmax(0,1fr);gap:.7rem}
.html>:first-child{margin-top:0}.html>:last-child{margin-bottom:0}
pre.text{padding:.3rem 1rem;max-height:32rem;overflow:auto}
.scroll,.figure{overflow-x:auto;max-width:100%}
.figure img{display:block;max-width:100%;height:auto;border-radius:6px}
.stderr,.error{position:relative;border-left:4px solid var(--warningLine);background:var(--warning);border-radius:4px;padding:.5rem 1rem}
.error{border-color:var(--errorLine);background:var(--error)}
.stderr pre,.error pre{max-height:32rem;overflow:auto}
.label{font-size:.8125rem;font-weight:600;color:var(--warningInk)}
.error .label{color:var(--errorInk)}
table{border-collapse:collapse;font-size:.9375rem;font-variant-numeric:tabular-nums}
.scroll th,.scroll td{padding:.3em .8em;border-bottom:1px solid var(--faint);text-align:left}
.scroll th{font-weight:600}.scroll thead th{border-bottom:2px solid currentColor}
.hljs-keyword,.hljs-literal,.hljs-built_in{color:var(--keyword)}
.hljs-string,.hljs-regexp,.hljs-template-tag{color:var(--string)}
.hljs-number,.hljs-attr,.hljs-variable{color:var(--number)}
.hljs-title,.hljs-meta{color:var(--title)}
.hljs-comment{color:var(--comment);font-style:italic}
.items{list-style:none;padding:0;display:grid;grid-template-columns:minmax(0,1fr);gap:.8rem}
.items li{border:1px solid var(--faint);border-radius:8px;padding:.8rem 1rem}
.items .row{display:flex;flex-wrap:wrap;gap:.2rem 1rem;align-items:baseline}
.items a{font-weight:600;font-size:1.125rem}
.items .row span{color:var(--muted);font-size:.9375rem}
.items p{margin:.3rem 0 0}
.items .row .ok{color:var(--good);font-weight:600}
.items .row .failed{color:var(--errorInk);font-weight:600}
.notice{border-left:4px solid var(--warningLine);background:var(--warning);border-radius:4px;padding:.5rem 1rem;margin:1rem 0}
.tiles{list-style:none;padding:0;margin:1.2rem 0;display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.8rem}
.tiles li{display:flex;flex-direction:column;border:1px solid var(--faint);border-left:5px solid var(--faint);border-radius:8px;padding:.6rem .9rem}
.tiles span,.tiles small{color:var(--muted);font-size:.875rem}
.tiles b{font-size:1.4rem;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.tiles em{font-style:normal;font-weight:600;font-size:.9375rem}
.tiles .ok{border-left-color:var(--good)}.tiles .ok em{color:var(--good)}
.tiles .warning{border-left-color:var(--warningLine)}.tiles .warning em{color:var(--warningInk)}
.tiles .critical{border-left-color:var(--errorLine)}.tiles .critical em{color:var(--errorInk)}
.report>.scroll,.report>.figure{margin:.8rem 0}
@media (max-width:45rem){
h1{font-size:1.6rem}h2{font-size:1.3rem}
.tiles{grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.5rem}
.tiles b{font-size:1.2rem}
/* smaller than this a picture's text cannot be read: its box scrolls instead */
.figure img{max-width:max(100%,36rem)}
}
@media (min-width:72rem){
.frame.with-side{grid-template-columns:16rem minmax(0,1fr);gap:2.5rem}
.side{display:block;position:sticky;top:0;align-self:start;max-height:100vh;overflow-y:auto;padding:1.6rem 0;font-size:.9375rem}
.with-side details.contents{display:none}
}
@page{margin:1.6cm}
@media print{
body{font-size:10.5pt}
.side,details.contents,.home{display:none}
.frame,.frame.with-side{display:block;max-width:none;padding:0}
main{max-width:none}
pre,pre.text,.stderr pre,.error pre{white-space:pre-wrap;overflow:visible;max-height:none}
pre.code{border:1px solid var(--faint)}
.figure,.scroll{overflow:visible}
.figure img{max-width:100%;min-width:0;max-height:22cm;width:auto}
.figure,.html,.stderr,.error,tr,.tiles li{break-inside:avoid}
h1,h2,h3,.about{break-after:avoid}
a{color:inherit}
}
`;
