import type { Fact } from './recording-facts.ts';

/** What the page has to say: the facts of a recording, or why there are none. */
export type PageContent =
  { readonly kind: 'facts'; readonly facts: readonly Fact[] } | { readonly kind: 'problem'; readonly sentence: string };

/** The page of a recording as HTML: no script, and nothing from the recording that is not escaped. */
export function recordingPage(name: string, content: PageContent, debugLink: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(name)}</title>
<style>
body { padding: 1em 2em; max-width: 60em; }
table { border-collapse: collapse; }
th { text-align: left; font-weight: normal; opacity: 0.75; padding: 0.2em 2em 0.2em 0; vertical-align: top; white-space: nowrap; }
td { font-family: var(--vscode-editor-font-family); overflow-wrap: anywhere; }
</style>
</head>
<body>
<h2>${escape(name)}</h2>
${body(content, debugLink)}
</body>
</html>`;
}

function body(content: PageContent, debugLink: string): string {
  if (content.kind === 'problem') return `<p>${escape(content.sentence)}</p>`;
  const rows = content.facts.map(({ name, value }) => `<tr><th>${escape(name)}</th><td>${escape(value)}</td></tr>`);
  return `<table>\n${rows.join('\n')}\n</table>\n<p><a href="${escape(debugLink)}">Debug from its end</a></p>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
