import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import * as oniguruma from 'vscode-oniguruma';
import * as textmate from 'vscode-textmate';

/** A piece of a line and the innermost scope the grammar gives it, without the language's suffix. */
export interface Token {
  readonly text: string;
  readonly scope: string;
}

/** Tokenises as VS Code does: the same TextMate engine, the same regular expressions. */
export async function loadGrammar(file: URL, scopeName: string): Promise<(text: string) => Token[][]> {
  const wasm = await readFile(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(await readFile(file, 'utf8'), file.pathname),
  });
  const grammar = await registry.loadGrammar(scopeName);
  if (grammar === null) throw new Error(`no grammar for ${scopeName}`);
  const suffix = scopeName.slice(scopeName.indexOf('.'));
  return (text) => {
    let state = textmate.INITIAL;
    return text.split('\n').map((line) => {
      const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
      state = ruleStack;
      return tokens
        .map(({ startIndex, endIndex, scopes }) => ({
          text: line.slice(startIndex, endIndex),
          scope: (scopes.length > 1 ? (scopes.at(-1) ?? '') : '').replace(suffix, ''),
        }))
        .filter((token) => token.text.trim() !== '');
    });
  };
}
