import type { CompletedCommand } from "./completed-commands.js";

/** For fish: words of the command that stands before the cursor; names of files, as fish does by itself. */
export function fishCompletion(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(
    ({ path, words }) => `    case "${path}"\n      printf '%s\\n' ${words.join(" ")}`,
  );
  const paths = commands.slice(1).map(({ path }) => `"${path}"`);
  return `# fish completion of honnin; made by \`honnin completion fish\`
function __honnin_words
  set -l at honnin
  for word in (commandline -opc)[2..]
    switch "$at $word"
    case ${paths.join(" ")}
      set at "$at $word"
    end
  end
  switch "$at"
${cases.join("\n")}
  end
end
complete -c honnin -a '(__honnin_words)'
`;
}
