import type { CompletedCommand } from "./completed-commands.js";

/** For bash: words of the command that stands before the cursor; else names of files, as bash would by itself. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(({ path, words }) => `    "${path}") words="${words.join(" ")}" ;;`);
  const paths = commands.slice(1).map(({ path }) => `"${path}"`);
  return `# bash completion of honnin; made by \`honnin completion bash\`
_honnin() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" path=honnin words="" next i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="$path \${COMP_WORDS[i]}"
    case "$next" in
    ${paths.join(" | ")}) path="$next" ;;
    esac
  done
  case "$path" in
${cases.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _honnin honnin
`;
}
