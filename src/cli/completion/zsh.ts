import type { CompletedCommand } from "./completed-commands.js";

/**
 * For zsh: words of the command that stands before the cursor; else names of files. Either evaluated, or a file among those
 * that zsh loads by themselves: the first completion runs it as the function itself.
 */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ path, words }) => `    "${path}") offered=(${words.join(" ")}) ;;`);
  const paths = commands.slice(1).map(({ path }) => `"${path}"`);
  return `#compdef honnin
# zsh completion of honnin; made by \`honnin completion zsh\`
_honnin() {
  local at=honnin next i
  local -a offered
  for ((i = 2; i < CURRENT; i++)); do
    next="$at $words[i]"
    case "$next" in
    ${paths.join(" | ")}) at="$next" ;;
    esac
  done
  case "$at" in
${cases.join("\n")}
  esac
  compadd -- $offered
  [[ "$words[CURRENT]" == -* ]] || _files
}
if [[ "$funcstack[1]" == _honnin ]]; then _honnin "$@"; else compdef _honnin honnin; fi
`;
}
